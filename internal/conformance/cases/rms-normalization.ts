import type { LayerCase } from "./case.ts";

export const rmsNormalization: readonly LayerCase[] = [
  { id: "rms-normalization/vector", layers: [{ type: "RMSNormalization" }], inputs: [{ shape: [3, 5] }] },
  {
    id: "rms-normalization/unknown-time",
    layers: [{ type: "RMSNormalization", config: { epsilon: 0.1 } }],
    inputs: [{ shape: [2, 3, 4], symbolic: [null, null, 4] }],
  },
  {
    id: "rms-normalization/axes",
    layers: [{ type: "RMSNormalization", config: { axis: [2, 1] } }],
    inputs: [{ shape: [2, 3, 2] }],
  },
  {
    id: "rms-normalization/middle-axis",
    layers: [{ type: "RMSNormalization", config: { axis: 1 } }],
    inputs: [{ shape: [2, 3, 3] }],
  },
  {
    id: "rms-normalization/int-input",
    layers: [{ type: "RMSNormalization" }],
    inputs: [{ shape: [3, 5], dtype: "int32", low: -20, high: 20 }],
  },
  {
    id: "rms-normalization/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 4, outputDim: 3, maskZero: true } },
      { type: "RMSNormalization" },
    ],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 4 }],
  },
];
