import type { LayerCase } from "./case.ts";

export const unitNormalization: readonly LayerCase[] = [
  { id: "unit-normalization/vector", layers: [{ type: "UnitNormalization" }], inputs: [{ shape: [3, 5] }] },
  {
    id: "unit-normalization/axes",
    layers: [{ type: "UnitNormalization", config: { axis: [1, 2] } }],
    inputs: [{ shape: [2, 3, 2, 2], symbolic: [null, null, 2, 2] }],
  },
  {
    id: "unit-normalization/middle-axis",
    layers: [{ type: "UnitNormalization", config: { axis: 1 } }],
    inputs: [{ shape: [2, 3, 4] }],
  },
  {
    id: "unit-normalization/one-feature",
    layers: [{ type: "UnitNormalization" }],
    inputs: [{ shape: [4, 1] }],
  },
  {
    id: "unit-normalization/zero-length",
    layers: [
      { type: "Embedding", config: { inputDim: 6, outputDim: 2, trainable: false } },
      { type: "ReLU", config: { threshold: 0.25 } },
      { type: "UnitNormalization" },
    ],
    inputs: [{ shape: [2, 6], dtype: "int32", high: 6 }],
  },
  {
    id: "unit-normalization/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 4, outputDim: 3, maskZero: true } },
      { type: "UnitNormalization" },
    ],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 4 }],
  },
];
