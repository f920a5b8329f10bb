import type { LayerCase } from "./case.ts";

export const dense: readonly LayerCase[] = [
  { id: "dense/linear", layers: [{ type: "Dense", config: { units: 5 } }], inputs: [{ shape: [3, 4] }] },
  {
    id: "dense/relu-no-bias",
    layers: [{ type: "Dense", config: { units: 6, activation: "relu", useBias: false } }],
    inputs: [{ shape: [4, 7] }],
  },
  {
    id: "dense/rank-4",
    layers: [{ type: "Dense", config: { units: 4, activation: "tanh" } }],
    inputs: [{ shape: [2, 3, 2, 5] }],
  },
  {
    id: "dense/unknown-time",
    layers: [{ type: "Dense", config: { units: 2, activation: "softmax" } }],
    inputs: [{ shape: [2, 6, 3], symbolic: [null, null, 3] }],
  },
  {
    id: "dense/one-to-one",
    layers: [{ type: "Dense", config: { units: 1, activation: "sigmoid" } }],
    inputs: [{ shape: [1, 1] }],
  },
  {
    id: "dense/long-sum",
    layers: [{ type: "Dense", config: { units: 2 } }],
    inputs: [{ shape: [2, 600] }],
  },
  {
    id: "dense/regularized",
    layers: [
      {
        type: "Dense",
        config: {
          units: 3,
          kernelRegularizer: { type: "L1L2", config: { l1: 0.05, l2: 0.1 } },
          biasRegularizer: "l1",
        },
      },
    ],
    inputs: [{ shape: [2, 4] }],
  },
  {
    id: "dense/int-input",
    layers: [{ type: "Dense", config: { units: 3 } }],
    inputs: [{ shape: [2, 5], dtype: "int32", low: -4, high: 5 }],
  },
  {
    id: "dense/frozen",
    layers: [
      { type: "Dense", config: { units: 4, activation: "elu", trainable: false } },
      { type: "Dense", config: { units: 3 } },
    ],
    inputs: [{ shape: [2, 3] }],
  },
  {
    id: "dense/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } },
      { type: "Dense", config: { units: 4, activation: "gelu" } },
    ],
    inputs: [{ shape: [3, 5], dtype: "int32", high: 3, symbolic: [null, null] }],
  },
  {
    id: "dense/constrained",
    layers: [
      {
        type: "Dense",
        config: {
          units: 3,
          kernelConstraint: { type: "MaxNorm", config: { maxValue: 1.5, axis: 0 } },
          biasConstraint: "nonNeg",
          kernelInitializer: { type: "HeNormal", config: { seed: 3 } },
        },
      },
    ],
    inputs: [{ shape: [2, 4] }],
  },
  {
    id: "dense/activity-regularized",
    layers: [
      { type: "Dense", config: { units: 3, activation: "tanh", activityRegularizer: "l2", kernelRegularizer: "l2" } },
      { type: "Dense", config: { units: 2, activityRegularizer: "l1" } },
    ],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "dense/regularized-frozen",
    layers: [{ type: "Dense", config: { units: 3, kernelRegularizer: "l2", trainable: false } }],
    inputs: [{ shape: [2, 4] }],
  },
  {
    id: "dense/orthogonal-rows",
    layers: [
      {
        type: "Dense",
        config: {
          units: 4,
          kernelRegularizer: { type: "OrthogonalRegularizer", config: { factor: 0.3, mode: "rows" } },
        },
      },
    ],
    inputs: [{ shape: [2, 3] }],
  },
  {
    id: "dense/orthogonal-columns",
    layers: [
      {
        type: "Dense",
        config: {
          units: 4,
          kernelRegularizer: { type: "OrthogonalRegularizer", config: { factor: 0.3, mode: "columns" } },
        },
      },
    ],
    inputs: [{ shape: [2, 3] }],
  },
];
