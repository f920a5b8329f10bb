import type { LayerCase } from "./case.ts";

export const upSampling1d: readonly LayerCase[] = [
  { id: "up-sampling1d/default", layers: [{ type: "UpSampling1D" }], inputs: [{ shape: [2, 3, 2] }] },
  {
    id: "up-sampling1d/three",
    layers: [{ type: "UpSampling1D", config: { size: 3 } }],
    inputs: [{ shape: [1, 4, 2] }],
  },
  { id: "up-sampling1d/one", layers: [{ type: "UpSampling1D", config: { size: 1 } }], inputs: [{ shape: [1, 3, 2] }] },
  {
    id: "up-sampling1d/unknown-length",
    layers: [{ type: "UpSampling1D", config: { size: 2 } }],
    inputs: [{ shape: [2, 4, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "up-sampling1d/int-input",
    layers: [{ type: "UpSampling1D" }],
    inputs: [{ shape: [1, 3, 2], dtype: "int32", high: 9 }],
  },
  {
    id: "up-sampling1d/masked-input",
    layers: [{ type: "Embedding", config: { inputDim: 6, outputDim: 3, maskZero: true } }, { type: "UpSampling1D" }],
    inputs: [{ shape: [2, 3], dtype: "int32", high: 3 }],
  },
];
