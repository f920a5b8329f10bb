import type { LayerCase } from "./case.ts";

export const batchNormalization: readonly LayerCase[] = [
  { id: "batch-normalization/rank-2", layers: [{ type: "BatchNormalization" }], inputs: [{ shape: [6, 4] }] },
  { id: "batch-normalization/rank-4", layers: [{ type: "BatchNormalization" }], inputs: [{ shape: [2, 3, 4, 3] }] },
  {
    id: "batch-normalization/axis-1",
    layers: [{ type: "BatchNormalization", config: { axis: 1 } }],
    inputs: [{ shape: [3, 4, 2, 3] }],
  },
  {
    id: "batch-normalization/no-scale",
    layers: [{ type: "BatchNormalization", config: { scale: false } }],
    inputs: [{ shape: [4, 5, 3] }],
  },
  {
    id: "batch-normalization/no-center",
    layers: [{ type: "BatchNormalization", config: { center: false } }],
    inputs: [{ shape: [4, 5, 3] }],
  },
  {
    id: "batch-normalization/bare",
    layers: [{ type: "BatchNormalization", config: { center: false, scale: false, momentum: 0.5, epsilon: 0.1 } }],
    inputs: [{ shape: [5, 3], low: 2, high: 6 }],
  },
  {
    id: "batch-normalization/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 6, outputDim: 3, maskZero: true } },
      { type: "BatchNormalization", config: { momentum: 0.9 } },
    ],
    inputs: [{ shape: [3, 5], dtype: "int32", high: 3 }],
  },
  {
    id: "batch-normalization/masked-axis-1",
    layers: [
      { type: "Embedding", config: { inputDim: 6, outputDim: 2, maskZero: true } },
      { type: "BatchNormalization", config: { axis: 1 } },
    ],
    inputs: [{ shape: [4, 3], dtype: "int32", high: 3 }],
  },
  {
    id: "batch-normalization/mask-argument",
    layers: [{ type: "BatchNormalization", args: { mask: 1 } }],
    inputs: [{ shape: [3, 4, 2] }, { shape: [3, 4], dtype: "bool" }],
  },
  {
    id: "batch-normalization/frozen",
    layers: [{ type: "BatchNormalization", config: { trainable: false } }],
    inputs: [{ shape: [4, 3] }],
  },
  {
    id: "batch-normalization/always-training",
    layers: [{ type: "BatchNormalization", args: { training: true } }],
    inputs: [{ shape: [4, 3] }],
  },
  {
    id: "batch-normalization/two",
    layers: [{ type: "BatchNormalization" }, { type: "ReLU" }, { type: "BatchNormalization" }],
    inputs: [{ shape: [5, 3] }],
  },
  {
    id: "batch-normalization/constant-channel",
    layers: [{ type: "BatchNormalization" }],
    inputs: [{ shape: [4, 2], levels: 1, low: 3, high: 4 }],
  },
  {
    id: "batch-normalization/one-sample",
    layers: [{ type: "BatchNormalization" }],
    inputs: [{ shape: [1, 3] }],
  },
  {
    id: "batch-normalization/unknown-size",
    layers: [
      {
        type: "BatchNormalization",
        config: { gammaRegularizer: { type: "L1L2", config: { l1: 0.2, l2: 0.1 } }, betaRegularizer: "l1" },
      },
    ],
    inputs: [{ shape: [2, 3, 2, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "batch-normalization/int-input",
    layers: [{ type: "BatchNormalization" }],
    inputs: [{ shape: [5, 2], dtype: "int32", high: 9 }],
  },
  {
    id: "batch-normalization/axis-minus-2",
    layers: [{ type: "BatchNormalization", config: { axis: -2 } }],
    inputs: [{ shape: [3, 4, 2] }],
  },
];
