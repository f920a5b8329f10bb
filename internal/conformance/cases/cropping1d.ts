import type { LayerCase } from "./case.ts";

export const cropping1d: readonly LayerCase[] = [
  { id: "cropping1d/default", layers: [{ type: "Cropping1D" }], inputs: [{ shape: [2, 5, 2] }] },
  {
    id: "cropping1d/start-only",
    layers: [{ type: "Cropping1D", config: { cropping: [2, 0] } }],
    inputs: [{ shape: [2, 4, 2] }],
  },
  {
    id: "cropping1d/unknown-length",
    layers: [{ type: "Cropping1D", config: { cropping: [1, 2] } }],
    inputs: [{ shape: [2, 6, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "cropping1d/int-input",
    layers: [{ type: "Cropping1D", config: { cropping: [0, 1] } }],
    inputs: [{ shape: [1, 3, 2], dtype: "int32", high: 9 }],
  },
  {
    id: "cropping1d/masked-input",
    layers: [
      { type: "Embedding", config: { inputDim: 6, outputDim: 3, maskZero: true } },
      { type: "Cropping1D", config: { cropping: 1 } },
    ],
    inputs: [{ shape: [2, 4], dtype: "int32", high: 3 }],
  },
];
