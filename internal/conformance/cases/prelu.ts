import type { LayerCase } from "./case.ts";

export const prelu: readonly LayerCase[] = [
  {
    id: "prelu/default",
    layers: [{ type: "PReLU" }],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "prelu/shared",
    layers: [{ type: "PReLU", config: { sharedAxes: [1, 2] } }],
    inputs: [{ shape: [2, 3, 4, 5] }],
  },
  {
    id: "prelu/shared-unknown",
    layers: [{ type: "PReLU", config: { sharedAxes: [1] } }],
    inputs: [{ shape: [2, 3, 4], symbolic: [null, null, 4] }],
  },
  {
    id: "prelu/ties",
    layers: [{ type: "PReLU" }],
    inputs: [{ shape: [4, 4], levels: 4 }],
  },
];
