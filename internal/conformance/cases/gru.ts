import type { InputSpec, LayerCase, LayerSpec } from "./case.ts";

const sequence: InputSpec = { shape: [2, 4, 3] };
const unknownTime: InputSpec = { shape: [2, 5, 3], symbolic: [null, null, 3] };
const tokens: InputSpec = { shape: [3, 5], dtype: "int32", high: 3, symbolic: [null, null] };
const embedding: LayerSpec = { type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } };

export const gru: readonly LayerCase[] = [
  { id: "gru/default", layers: [{ type: "GRU", config: { units: 4 } }], inputs: [sequence] },
  {
    id: "gru/reset-before",
    layers: [{ type: "GRU", config: { units: 3, resetAfter: false, returnSequences: true } }],
    inputs: [unknownTime],
  },
  {
    id: "gru/sequences-states-backwards",
    layers: [{ type: "GRU", config: { units: 3, returnSequences: true, returnState: true, goBackwards: true } }],
    inputs: [unknownTime],
  },
  {
    id: "gru/no-bias",
    layers: [{ type: "GRU", config: { units: 2, useBias: false } }],
    inputs: [sequence],
  },
  {
    id: "gru/no-bias-reset-before",
    layers: [{ type: "GRU", config: { units: 2, useBias: false, resetAfter: false } }],
    inputs: [sequence],
  },
  {
    id: "gru/activations",
    layers: [
      {
        type: "GRU",
        config: { units: 3, activation: "softsign", recurrentActivation: "hardSigmoid", returnSequences: true },
      },
    ],
    inputs: [{ shape: [2, 4, 3], low: -4, high: 4 }],
  },
  {
    id: "gru/regularized",
    layers: [
      {
        type: "GRU",
        config: { units: 2, kernelRegularizer: "l1", recurrentRegularizer: "l2", biasRegularizer: "l2" },
      },
    ],
    inputs: [sequence],
  },
  {
    id: "gru/one",
    layers: [{ type: "GRU", config: { units: 1, resetAfter: false } }],
    inputs: [{ shape: [1, 1, 1] }],
  },
  {
    id: "gru/unrolled",
    layers: [{ type: "GRU", config: { units: 2, unroll: true, returnSequences: true, returnState: true } }],
    inputs: [sequence],
  },
  {
    id: "gru/unrolled-masked-backwards",
    layers: [embedding, { type: "GRU", config: { units: 2, unroll: true, goBackwards: true, returnState: true } }],
    inputs: [{ shape: [3, 5], dtype: "int32", high: 3 }],
  },
  {
    id: "gru/initial-state",
    layers: [{ type: "GRU", config: { units: 4, returnState: true }, args: { initialState: [1] } }],
    inputs: [{ shape: [3, 4, 2] }, { shape: [3, 4] }],
  },
  {
    id: "gru/masked",
    layers: [embedding, { type: "GRU", config: { units: 3, returnSequences: true, returnState: true } }],
    inputs: [tokens],
  },
  {
    id: "gru/masked-zero-output",
    layers: [embedding, { type: "GRU", config: { units: 3, returnSequences: true, zeroOutputForMask: true } }],
    inputs: [tokens],
  },
  {
    id: "gru/stateful-reset-before",
    layers: [{ type: "GRU", config: { units: 2, stateful: true, resetAfter: false } }],
    inputs: [{ shape: [2, 3, 2], symbolic: [2, 3, 2] }],
  },
  {
    id: "gru/dropout",
    layers: [{ type: "GRU", config: { units: 3, dropout: 0.5, seed: 1 } }],
    inputs: [sequence],
    random: true,
  },
  {
    id: "gru/recurrent-dropout-reset-before",
    layers: [{ type: "GRU", config: { units: 3, dropout: 0.5, recurrentDropout: 0.3, resetAfter: false } }],
    inputs: [sequence],
    random: true,
  },
  {
    id: "gru/int-initial-state",
    layers: [{ type: "GRU", config: { units: 2 }, args: { initialState: [1] } }],
    inputs: [{ shape: [2, 3, 2] }, { shape: [2, 2], dtype: "int32", high: 3 }],
  },
];
