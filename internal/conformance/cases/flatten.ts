import type { LayerCase } from "./case.ts";

export const flatten: readonly LayerCase[] = [
  { id: "flatten/rank-4", layers: [{ type: "Flatten" }], inputs: [{ shape: [2, 3, 2, 4] }] },
  { id: "flatten/rank-2", layers: [{ type: "Flatten" }], inputs: [{ shape: [3, 4] }] },
  { id: "flatten/rank-1", layers: [{ type: "Flatten" }], inputs: [{ shape: [4] }] },
  { id: "flatten/ones", layers: [{ type: "Flatten" }], inputs: [{ shape: [1, 1, 3, 1] }] },
  {
    id: "flatten/channels-first",
    layers: [{ type: "Flatten", config: { dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 3, 2, 4] }],
  },
  {
    id: "flatten/unknown-time",
    layers: [{ type: "Flatten" }],
    inputs: [{ shape: [2, 5, 3], symbolic: [null, null, 3] }],
  },
  {
    id: "flatten/int-input",
    layers: [{ type: "Flatten" }],
    inputs: [{ shape: [2, 2, 3], dtype: "int32", low: -5, high: 5 }],
  },
  {
    id: "flatten/fixed-batch",
    layers: [{ type: "Flatten" }],
    inputs: [{ shape: [2, 2, 3], symbolic: [2, 2, 3] }],
  },
];
