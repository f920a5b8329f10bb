import type { LayerCase } from "./case.ts";

export const groupNormalization: readonly LayerCase[] = [
  {
    id: "group-normalization/two",
    layers: [{ type: "GroupNormalization", config: { groups: 2 } }],
    inputs: [{ shape: [2, 3, 2, 4] }],
  },
  {
    id: "group-normalization/one-group-each",
    layers: [{ type: "GroupNormalization", config: { groups: -1 } }],
    inputs: [{ shape: [2, 4, 3], symbolic: [null, null, 3] }],
  },
  {
    id: "group-normalization/one-group",
    layers: [{ type: "GroupNormalization", config: { groups: 1, epsilon: 0.05 } }],
    inputs: [{ shape: [3, 6] }],
  },
  {
    id: "group-normalization/channels-first",
    layers: [{ type: "GroupNormalization", config: { groups: 3, axis: 1 } }],
    inputs: [{ shape: [2, 6, 2, 2], symbolic: [null, 6, null, null] }],
  },
  {
    id: "group-normalization/middle-axis",
    layers: [{ type: "GroupNormalization", config: { groups: 2, axis: -2, scale: false } }],
    inputs: [{ shape: [2, 3, 4, 2] }],
  },
  {
    id: "group-normalization/no-center",
    layers: [{ type: "GroupNormalization", config: { groups: 2, center: false, gammaRegularizer: "l1" } }],
    inputs: [{ shape: [2, 3, 4], low: 1, high: 2 }],
  },
  {
    id: "group-normalization/bare",
    layers: [{ type: "GroupNormalization", config: { groups: 2, center: false, scale: false } }],
    inputs: [{ shape: [2, 2, 3, 2, 4] }],
  },
  {
    id: "group-normalization/int-input",
    layers: [{ type: "GroupNormalization", config: { groups: 2 } }],
    inputs: [{ shape: [3, 4], dtype: "int32", low: -20, high: 20 }],
  },
  {
    id: "group-normalization/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 4, outputDim: 4, maskZero: true } },
      { type: "GroupNormalization", config: { groups: 2 } },
    ],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 4 }],
  },
];
