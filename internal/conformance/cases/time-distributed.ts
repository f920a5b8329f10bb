import type { LayerCase, LayerSpec } from "./case.ts";

const embedding: LayerSpec = { type: "Embedding", config: { inputDim: 4, outputDim: 2, maskZero: true } };

export const timeDistributed: readonly LayerCase[] = [
  {
    id: "time-distributed/dense",
    layers: [
      { type: "TimeDistributed", config: { layer: { type: "Dense", config: { units: 3, activation: "relu" } } } },
    ],
    inputs: [{ shape: [2, 4, 3] }],
  },
  {
    id: "time-distributed/dense-unknown-time",
    layers: [{ type: "TimeDistributed", config: { layer: { type: "Dense", config: { units: 2 } } } }],
    inputs: [{ shape: [2, 5, 3], symbolic: [null, null, 3] }],
  },
  {
    id: "time-distributed/conv2d",
    layers: [
      {
        type: "TimeDistributed",
        config: { layer: { type: "Conv2D", config: { filters: 2, kernelSize: 2, strides: 2, padding: "same" } } },
      },
    ],
    inputs: [{ shape: [2, 3, 5, 4, 2] }],
  },
  {
    id: "time-distributed/lstm",
    layers: [
      { type: "TimeDistributed", config: { layer: { type: "LSTM", config: { units: 2, returnSequences: true } } } },
    ],
    inputs: [{ shape: [2, 3, 4, 2] }],
  },
  {
    id: "time-distributed/masked-lstm",
    layers: [embedding, { type: "TimeDistributed", config: { layer: { type: "LSTM", config: { units: 2 } } } }],
    inputs: [{ shape: [2, 3, 4], dtype: "int32", high: 3 }],
  },
  {
    id: "time-distributed/masked-dense",
    layers: [
      embedding,
      { type: "TimeDistributed", config: { layer: { type: "Dense", config: { units: 2 } } } },
      { type: "GRU", config: { units: 2 } },
    ],
    inputs: [{ shape: [3, 4], dtype: "int32", high: 3 }],
  },
  {
    id: "time-distributed/batch-normalization",
    layers: [{ type: "TimeDistributed", config: { layer: { type: "BatchNormalization", config: { momentum: 0.6 } } } }],
    inputs: [{ shape: [4, 3, 2], low: 0, high: 3 }],
  },
  {
    id: "time-distributed/flatten-after-pooling",
    layers: [
      { type: "TimeDistributed", config: { layer: { type: "MaxPooling2D", config: { poolSize: 2 } } } },
      { type: "TimeDistributed", config: { layer: { type: "Flatten" } } },
    ],
    inputs: [{ shape: [1, 2, 4, 5, 2], symbolic: [null, null, 4, 5, 2] }],
  },
  {
    id: "time-distributed/regularized",
    layers: [
      {
        type: "TimeDistributed",
        config: {
          layer: { type: "Dense", config: { units: 2, kernelRegularizer: "l2", activityRegularizer: "l1" } },
          activityRegularizer: "l2",
        },
      },
    ],
    inputs: [{ shape: [2, 3, 2] }],
  },
  {
    id: "time-distributed/frozen-twice",
    layers: [
      {
        type: "TimeDistributed",
        config: {
          layer: { type: "TimeDistributed", config: { layer: { type: "Dense", config: { units: 2 } } } },
          trainable: false,
        },
      },
      { type: "Dense", config: { units: 1 } },
    ],
    inputs: [{ shape: [2, 3, 1, 2] }],
  },
  {
    id: "time-distributed/dropout",
    layers: [{ type: "TimeDistributed", config: { layer: { type: "Dropout", config: { rate: 0.5 } } } }],
    inputs: [{ shape: [2, 10, 10], low: 1, high: 2 }],
    random: true,
  },
];
