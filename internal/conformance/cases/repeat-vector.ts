import type { LayerCase } from "./case.ts";

export const repeatVector: readonly LayerCase[] = [
  {
    id: "repeat-vector/three",
    layers: [{ type: "RepeatVector", config: { n: 3 } }],
    inputs: [{ shape: [2, 4] }],
  },
  {
    id: "repeat-vector/one",
    layers: [{ type: "RepeatVector", config: { n: 1 } }],
    inputs: [{ shape: [3, 2] }],
  },
  {
    id: "repeat-vector/one-feature",
    layers: [{ type: "RepeatVector", config: { n: 5 } }],
    inputs: [{ shape: [2, 1] }],
  },
];
