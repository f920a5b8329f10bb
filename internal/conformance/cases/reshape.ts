import type { LayerCase } from "./case.ts";

export const reshape: readonly LayerCase[] = [
  {
    id: "reshape/given",
    layers: [{ type: "Reshape", config: { targetShape: [4, 3] } }],
    inputs: [{ shape: [2, 2, 6] }],
  },
  {
    id: "reshape/open",
    layers: [{ type: "Reshape", config: { targetShape: [2, -1, 3] } }],
    inputs: [{ shape: [2, 3, 4] }],
  },
  {
    id: "reshape/flat",
    layers: [{ type: "Reshape", config: { targetShape: [-1] } }],
    inputs: [{ shape: [3, 2, 2] }],
  },
  {
    id: "reshape/scalar",
    layers: [{ type: "Reshape", config: { targetShape: [] } }],
    inputs: [{ shape: [3, 1, 1] }],
  },
  {
    id: "reshape/from-vector",
    layers: [{ type: "Reshape", config: { targetShape: [1, 1] } }],
    inputs: [{ shape: [4] }],
  },
  {
    id: "reshape/unknown-time",
    layers: [{ type: "Reshape", config: { targetShape: [-1, 2] } }],
    inputs: [{ shape: [2, 3, 4], symbolic: [null, null, 4] }],
  },
  {
    id: "reshape/unknown-time-open-last",
    layers: [{ type: "Reshape", config: { targetShape: [2, -1] } }],
    inputs: [{ shape: [2, 3, 4], symbolic: [null, null, 4] }],
  },
  {
    id: "reshape/int-input",
    layers: [{ type: "Reshape", config: { targetShape: [3, 2, 1] } }],
    inputs: [{ shape: [2, 6], dtype: "int32", high: 100 }],
  },
];
