import type { LayerCase } from "./case.ts";

export const softmax: readonly LayerCase[] = [
  { id: "softmax/default", layers: [{ type: "Softmax" }], inputs: [{ shape: [3, 5], low: -3, high: 3 }] },
  { id: "softmax/axis-1", layers: [{ type: "Softmax", config: { axis: 1 } }], inputs: [{ shape: [2, 4, 3] }] },
  { id: "softmax/axis-0", layers: [{ type: "Softmax", config: { axis: 0 } }], inputs: [{ shape: [4, 3] }] },
  {
    id: "softmax/saturated",
    layers: [{ type: "Softmax", config: { axis: -2 } }],
    inputs: [{ shape: [2, 3, 4], low: -200, high: 200 }],
  },
  { id: "softmax/one-class", layers: [{ type: "Softmax" }], inputs: [{ shape: [3, 1] }] },
  {
    id: "softmax/unknown-size",
    layers: [{ type: "Softmax", config: { axis: 1 } }],
    inputs: [{ shape: [2, 5, 3], symbolic: [null, null, 3] }],
  },
  {
    id: "softmax/mask-argument",
    layers: [{ type: "Softmax", args: { mask: 1 } }],
    inputs: [
      { shape: [4, 3], low: -3, high: 3 },
      { shape: [4, 3], dtype: "bool" },
    ],
  },
];
