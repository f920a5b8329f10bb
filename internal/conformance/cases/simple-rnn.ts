import type { InputSpec, LayerCase, LayerSpec } from "./case.ts";

const sequence: InputSpec = { shape: [2, 4, 3] };
const unknownTime: InputSpec = { shape: [2, 5, 3], symbolic: [null, null, 3] };
const tokens: InputSpec = { shape: [3, 5], dtype: "int32", high: 3, symbolic: [null, null] };
const embedding: LayerSpec = { type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } };

export const simpleRnn: readonly LayerCase[] = [
  { id: "simple-rnn/default", layers: [{ type: "SimpleRNN", config: { units: 4 } }], inputs: [sequence] },
  {
    id: "simple-rnn/sequences-states",
    layers: [{ type: "SimpleRNN", config: { units: 3, returnSequences: true, returnState: true } }],
    inputs: [unknownTime],
  },
  {
    id: "simple-rnn/backwards-relu",
    layers: [{ type: "SimpleRNN", config: { units: 3, activation: "relu", returnSequences: true, goBackwards: true } }],
    inputs: [unknownTime],
  },
  {
    id: "simple-rnn/no-bias-regularized",
    layers: [
      {
        type: "SimpleRNN",
        config: { units: 2, useBias: false, kernelRegularizer: "l2", recurrentRegularizer: "l1" },
      },
    ],
    inputs: [sequence],
  },
  { id: "simple-rnn/one", layers: [{ type: "SimpleRNN", config: { units: 1 } }], inputs: [{ shape: [1, 1, 1] }] },
  {
    id: "simple-rnn/unrolled",
    layers: [{ type: "SimpleRNN", config: { units: 2, unroll: true, returnSequences: true, goBackwards: true } }],
    inputs: [sequence],
  },
  {
    id: "simple-rnn/initial-state",
    layers: [{ type: "SimpleRNN", config: { units: 4, returnState: true }, args: { initialState: [1] } }],
    inputs: [{ shape: [3, 4, 2] }, { shape: [3, 4] }],
  },
  {
    id: "simple-rnn/masked",
    layers: [embedding, { type: "SimpleRNN", config: { units: 3, returnSequences: true, returnState: true } }],
    inputs: [tokens],
  },
  {
    id: "simple-rnn/masked-backwards-zero-output",
    layers: [
      embedding,
      { type: "SimpleRNN", config: { units: 3, returnSequences: true, goBackwards: true, zeroOutputForMask: true } },
    ],
    inputs: [tokens],
  },
  {
    id: "simple-rnn/mask-argument-initial-state",
    layers: [{ type: "SimpleRNN", config: { units: 3, returnState: true }, args: { mask: 1, initialState: [2] } }],
    inputs: [{ shape: [2, 4, 3] }, { shape: [2, 4], dtype: "bool" }, { shape: [2, 3] }],
  },
  {
    id: "simple-rnn/stateful",
    layers: [{ type: "SimpleRNN", config: { units: 3, stateful: true, returnSequences: true } }],
    inputs: [{ shape: [2, 3, 2], symbolic: [2, null, 2] }],
  },
  {
    id: "simple-rnn/frozen",
    layers: [
      { type: "SimpleRNN", config: { units: 2, trainable: false } },
      { type: "Dense", config: { units: 2 } },
    ],
    inputs: [sequence],
  },
  {
    id: "simple-rnn/dropout",
    layers: [{ type: "SimpleRNN", config: { units: 3, dropout: 0.4, recurrentDropout: 0.3, seed: 5 } }],
    inputs: [sequence],
    random: true,
  },
];
