import type { InputSpec, LayerCase, LayerSpec } from "./case.ts";

const sequence: InputSpec = { shape: [2, 4, 3] };
const unknownTime: InputSpec = { shape: [2, 5, 3], symbolic: [null, null, 3] };
const tokens: InputSpec = { shape: [3, 5], dtype: "int32", high: 3, symbolic: [null, null] };
const state: InputSpec = { shape: [3, 4] };
const masking: LayerSpec = { type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } };

export const lstm: readonly LayerCase[] = [
  { id: "lstm/default", layers: [{ type: "LSTM", config: { units: 4 } }], inputs: [sequence] },
  {
    id: "lstm/sequences",
    layers: [{ type: "LSTM", config: { units: 3, returnSequences: true } }],
    inputs: [unknownTime],
  },
  {
    id: "lstm/states",
    layers: [{ type: "LSTM", config: { units: 3, returnState: true } }],
    inputs: [sequence],
  },
  {
    id: "lstm/sequences-states-backwards",
    layers: [{ type: "LSTM", config: { units: 3, returnSequences: true, returnState: true, goBackwards: true } }],
    inputs: [unknownTime],
  },
  {
    id: "lstm/backwards",
    layers: [{ type: "LSTM", config: { units: 2, goBackwards: true } }],
    inputs: [sequence],
  },
  {
    id: "lstm/no-bias",
    layers: [{ type: "LSTM", config: { units: 2, useBias: false } }],
    inputs: [sequence],
  },
  {
    id: "lstm/no-forget-bias",
    layers: [{ type: "LSTM", config: { units: 2, unitForgetBias: false, returnSequences: true } }],
    inputs: [sequence],
  },
  {
    id: "lstm/activations",
    layers: [
      {
        type: "LSTM",
        config: { units: 3, activation: "softsign", recurrentActivation: "hardSigmoid", returnSequences: true },
      },
    ],
    inputs: [{ shape: [2, 4, 3], low: -4, high: 4 }],
  },
  {
    id: "lstm/relu",
    layers: [{ type: "LSTM", config: { units: 3, activation: "relu", recurrentActivation: "tanh" } }],
    inputs: [sequence],
  },
  {
    id: "lstm/regularized",
    layers: [
      {
        type: "LSTM",
        config: {
          units: 2,
          kernelRegularizer: "l2",
          recurrentRegularizer: "l1",
          biasRegularizer: { type: "L1L2", config: { l1: 0.1, l2: 0.2 } },
        },
      },
    ],
    inputs: [sequence],
  },
  { id: "lstm/one-step", layers: [{ type: "LSTM", config: { units: 1 } }], inputs: [{ shape: [1, 1, 1] }] },
  {
    id: "lstm/unrolled",
    layers: [{ type: "LSTM", config: { units: 2, unroll: true, returnSequences: true } }],
    inputs: [sequence],
  },
  {
    id: "lstm/initial-state",
    layers: [{ type: "LSTM", config: { units: 4, returnState: true }, args: { initialState: [1, 2] } }],
    inputs: [{ shape: [3, 4, 2] }, state, state],
  },
  {
    id: "lstm/masked",
    layers: [masking, { type: "LSTM", config: { units: 4, returnState: true } }],
    inputs: [tokens],
  },
  {
    id: "lstm/masked-sequences",
    layers: [masking, { type: "LSTM", config: { units: 3, returnSequences: true } }],
    inputs: [tokens],
  },
  {
    id: "lstm/masked-backwards",
    layers: [
      masking,
      { type: "LSTM", config: { units: 3, returnSequences: true, returnState: true, goBackwards: true } },
    ],
    inputs: [tokens],
  },
  {
    id: "lstm/masked-initial-state",
    layers: [
      masking,
      { type: "LSTM", config: { units: 4, returnSequences: true, returnState: true }, args: { initialState: [1, 2] } },
    ],
    inputs: [tokens, state, state],
  },
  {
    id: "lstm/masked-initial-state-last",
    layers: [masking, { type: "LSTM", config: { units: 4, returnState: true }, args: { initialState: [1, 2] } }],
    inputs: [tokens, state, state],
  },
  {
    id: "lstm/masked-zero-output",
    layers: [masking, { type: "LSTM", config: { units: 3, returnSequences: true, zeroOutputForMask: true } }],
    inputs: [tokens],
  },
  {
    id: "lstm/masked-zero-output-last",
    layers: [masking, { type: "LSTM", config: { units: 3, returnState: true, zeroOutputForMask: true } }],
    inputs: [tokens],
  },
  {
    id: "lstm/masked-unrolled",
    layers: [masking, { type: "LSTM", config: { units: 2, unroll: true, returnSequences: true, returnState: true } }],
    inputs: [{ shape: [3, 5], dtype: "int32", high: 3 }],
  },
  {
    id: "lstm/all-masked",
    layers: [masking, { type: "LSTM", config: { units: 2, returnSequences: true } }],
    inputs: [{ shape: [2, 3], dtype: "int32", high: 1 }],
  },
  {
    id: "lstm/mask-argument",
    layers: [{ type: "LSTM", config: { units: 3, returnSequences: true }, args: { mask: 1 } }],
    inputs: [{ shape: [2, 4, 3] }, { shape: [2, 4], dtype: "bool" }],
  },
  {
    id: "lstm/stacked-masked",
    layers: [
      masking,
      { type: "LSTM", config: { units: 3, returnSequences: true } },
      { type: "LSTM", config: { units: 2 } },
    ],
    inputs: [tokens],
  },
  {
    id: "lstm/stateful",
    layers: [{ type: "LSTM", config: { units: 3, stateful: true } }],
    inputs: [{ shape: [2, 4, 3], symbolic: [2, 4, 3] }],
  },
  {
    id: "lstm/stateful-masked",
    layers: [masking, { type: "LSTM", config: { units: 2, stateful: true, returnSequences: true, returnState: true } }],
    inputs: [{ shape: [2, 4], dtype: "int32", high: 3, symbolic: [2, null] }],
  },
  {
    id: "lstm/int-input",
    layers: [{ type: "LSTM", config: { units: 2 } }],
    inputs: [{ shape: [2, 3, 2], dtype: "int32", low: -2, high: 3 }],
  },
  {
    id: "lstm/mask-argument-initial-state",
    layers: [{ type: "LSTM", config: { units: 3, returnSequences: true }, args: { mask: 1, initialState: [2, 3] } }],
    inputs: [{ shape: [2, 4, 3] }, { shape: [2, 4], dtype: "bool" }, { shape: [2, 3] }, { shape: [2, 3] }],
  },
  {
    id: "lstm/activity-regularized",
    layers: [{ type: "LSTM", config: { units: 2, returnSequences: true, activityRegularizer: "l1" } }],
    inputs: [sequence],
  },
  {
    id: "lstm/frozen",
    layers: [
      { type: "LSTM", config: { units: 2, trainable: false } },
      { type: "Dense", config: { units: 2 } },
    ],
    inputs: [sequence],
  },
  {
    id: "lstm/one-feature-many-steps",
    layers: [{ type: "LSTM", config: { units: 2 } }],
    inputs: [{ shape: [1, 30, 1] }],
  },
  {
    id: "lstm/dropout",
    layers: [{ type: "LSTM", config: { units: 3, dropout: 0.4, recurrentDropout: 0.3, returnSequences: true } }],
    inputs: [{ shape: [2, 3, 4] }],
    random: true,
  },
];
