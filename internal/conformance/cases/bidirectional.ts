import type { InputSpec, LayerCase, LayerSpec } from "./case.ts";

const sequence: InputSpec = { shape: [2, 4, 3] };
const unknownTime: InputSpec = { shape: [2, 4, 3], symbolic: [null, null, 3] };
const tokens: InputSpec = { shape: [3, 4], dtype: "int32", high: 3, symbolic: [null, null] };
const embedding: LayerSpec = { type: "Embedding", config: { inputDim: 4, outputDim: 3, maskZero: true } };
const lstm: LayerSpec = { type: "LSTM", config: { units: 2 } };
const sequences: LayerSpec = { type: "LSTM", config: { units: 2, returnSequences: true } };
const withStates: LayerSpec = { type: "GRU", config: { units: 2, returnSequences: true, returnState: true } };

export const bidirectional: readonly LayerCase[] = [
  { id: "bidirectional/lstm", layers: [{ type: "Bidirectional", config: { layer: lstm } }], inputs: [sequence] },
  {
    id: "bidirectional/sequences",
    layers: [{ type: "Bidirectional", config: { layer: sequences } }],
    inputs: [unknownTime],
  },
  {
    id: "bidirectional/sum",
    layers: [{ type: "Bidirectional", config: { layer: sequences, mergeMode: "sum" } }],
    inputs: [sequence],
  },
  {
    id: "bidirectional/mul",
    layers: [{ type: "Bidirectional", config: { layer: { type: "GRU", config: { units: 2 } }, mergeMode: "mul" } }],
    inputs: [sequence],
  },
  {
    id: "bidirectional/ave",
    layers: [
      { type: "Bidirectional", config: { layer: { type: "SimpleRNN", config: { units: 2 } }, mergeMode: "ave" } },
    ],
    inputs: [unknownTime],
  },
  {
    id: "bidirectional/apart",
    layers: [{ type: "Bidirectional", config: { layer: sequences, mergeMode: null } }],
    inputs: [unknownTime],
  },
  {
    id: "bidirectional/states",
    layers: [{ type: "Bidirectional", config: { layer: withStates } }],
    inputs: [unknownTime],
  },
  {
    id: "bidirectional/apart-states",
    layers: [{ type: "Bidirectional", config: { layer: withStates, mergeMode: null } }],
    inputs: [sequence],
  },
  {
    id: "bidirectional/initial-states",
    layers: [
      {
        type: "Bidirectional",
        config: { layer: { type: "LSTM", config: { units: 2, returnState: true } } },
        args: { initialState: [1, 2, 3, 4] },
      },
    ],
    inputs: [sequence, { shape: [2, 2] }, { shape: [2, 2] }, { shape: [2, 2] }, { shape: [2, 2] }],
  },
  {
    id: "bidirectional/own-backward-layer",
    layers: [
      {
        type: "Bidirectional",
        config: {
          layer: { type: "LSTM", config: { units: 2, returnSequences: true, activation: "softsign" } },
          backwardLayer: { type: "GRU", config: { units: 2, returnSequences: true, goBackwards: true } },
        },
      },
    ],
    inputs: [unknownTime],
  },
  {
    id: "bidirectional/starts-backwards",
    layers: [
      {
        type: "Bidirectional",
        config: {
          layer: { type: "GRU", config: { units: 2, returnSequences: true, goBackwards: true } },
          backwardLayer: { type: "GRU", config: { units: 2, returnSequences: true } },
        },
      },
    ],
    inputs: [sequence],
  },
  {
    id: "bidirectional/masked-sequences",
    layers: [embedding, { type: "Bidirectional", config: { layer: sequences } }],
    inputs: [tokens],
  },
  {
    id: "bidirectional/masked-last",
    layers: [
      embedding,
      { type: "Bidirectional", config: { layer: { type: "GRU", config: { units: 2, zeroOutputForMask: true } } } },
    ],
    inputs: [tokens],
  },
  {
    id: "bidirectional/masked-apart-states",
    layers: [embedding, { type: "Bidirectional", config: { layer: withStates, mergeMode: null } }],
    inputs: [tokens],
  },
  {
    id: "bidirectional/mask-argument-initial-states",
    layers: [
      {
        type: "Bidirectional",
        config: { layer: { type: "GRU", config: { units: 2, returnSequences: true } } },
        args: { mask: 1, initialState: [2, 3] },
      },
    ],
    inputs: [sequence, { shape: [2, 4], dtype: "bool" }, { shape: [2, 2] }, { shape: [2, 2] }],
  },
  {
    id: "bidirectional/carried-mask-initial-states",
    layers: [
      embedding,
      {
        type: "Bidirectional",
        config: { layer: { type: "GRU", config: { units: 2 } } },
        args: { initialState: [1, 2] },
      },
    ],
    inputs: [tokens, { shape: [3, 2] }, { shape: [3, 2] }],
  },
  {
    id: "bidirectional/stateful",
    layers: [{ type: "Bidirectional", config: { layer: { type: "LSTM", config: { units: 2, stateful: true } } } }],
    inputs: [{ shape: [2, 3, 2], symbolic: [2, 3, 2] }],
  },
  {
    id: "bidirectional/stack-of-cells",
    layers: [
      {
        type: "Bidirectional",
        config: {
          layer: {
            type: "RNN",
            config: {
              cell: [
                { type: "GRUCell", config: { units: 2 } },
                { type: "LSTMCell", config: { units: 2 } },
              ],
            },
          },
        },
      },
    ],
    inputs: [sequence],
  },
  {
    id: "bidirectional/frozen-named",
    layers: [
      {
        type: "Bidirectional",
        name: "both",
        config: { layer: { type: "LSTM", name: "forward_reader", config: { units: 2 } }, trainable: false },
      },
      { type: "Dense", config: { units: 1 } },
    ],
    inputs: [sequence],
  },
  {
    id: "bidirectional/regularized",
    layers: [
      {
        type: "Bidirectional",
        config: { layer: { type: "GRU", config: { units: 2, kernelRegularizer: "l2", activityRegularizer: "l1" } } },
      },
    ],
    inputs: [sequence],
  },
  {
    id: "bidirectional/two",
    layers: [
      { type: "Bidirectional", config: { layer: sequences } },
      { type: "Bidirectional", config: { layer: lstm, mergeMode: "sum" } },
    ],
    inputs: [sequence],
  },
];
