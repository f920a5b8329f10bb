import type { LayerCase } from "./case.ts";

export const permute: readonly LayerCase[] = [
  {
    id: "permute/two",
    layers: [{ type: "Permute", config: { dims: [2, 1] } }],
    inputs: [{ shape: [2, 3, 4] }],
  },
  {
    id: "permute/three",
    layers: [{ type: "Permute", config: { dims: [3, 1, 2] } }],
    inputs: [{ shape: [2, 3, 4, 5] }],
  },
  {
    id: "permute/unknown",
    layers: [{ type: "Permute", config: { dims: [2, 1] } }],
    inputs: [{ shape: [2, 3, 4], symbolic: [null, null, 4] }],
  },
  {
    id: "permute/nothing",
    layers: [{ type: "Permute", config: { dims: [1] } }],
    inputs: [{ shape: [2, 3] }],
  },
];
