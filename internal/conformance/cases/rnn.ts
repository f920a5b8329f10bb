import type { InputSpec, LayerCase, LayerSpec } from "./case.ts";

const sequence: InputSpec = { shape: [2, 4, 3] };
const unknownTime: InputSpec = { shape: [2, 4, 3], symbolic: [null, null, 3] };
const tokens: InputSpec = { shape: [3, 4], dtype: "int32", high: 3, symbolic: [null, null] };
const embedding: LayerSpec = { type: "Embedding", config: { inputDim: 4, outputDim: 3, maskZero: true } };
const lstmCell: LayerSpec = { type: "LSTMCell", config: { units: 3 } };
const gruCell: LayerSpec = { type: "GRUCell", config: { units: 2 } };
const plainCell: LayerSpec = { type: "SimpleRNNCell", config: { units: 2 } };

export const rnn: readonly LayerCase[] = [
  { id: "rnn/lstm-cell", layers: [{ type: "RNN", config: { cell: lstmCell } }], inputs: [sequence] },
  {
    id: "rnn/gru-cell-sequences",
    layers: [{ type: "RNN", config: { cell: gruCell, returnSequences: true, returnState: true } }],
    inputs: [unknownTime],
  },
  {
    id: "rnn/plain-cell-backwards",
    layers: [{ type: "RNN", config: { cell: plainCell, goBackwards: true, returnSequences: true } }],
    inputs: [unknownTime],
  },
  {
    id: "rnn/list",
    layers: [{ type: "RNN", config: { cell: [lstmCell, gruCell], returnSequences: true, returnState: true } }],
    inputs: [unknownTime],
  },
  {
    id: "rnn/stack",
    layers: [{ type: "RNN", config: { cell: { type: "StackedRNNCells", config: { cells: [gruCell, lstmCell] } } } }],
    inputs: [sequence],
  },
  {
    id: "rnn/stack-masked-backwards",
    layers: [
      embedding,
      {
        type: "RNN",
        config: { cell: [plainCell, lstmCell], returnSequences: true, returnState: true, goBackwards: true },
      },
    ],
    inputs: [tokens],
  },
  {
    id: "rnn/stack-masked-zero-output",
    layers: [
      embedding,
      {
        type: "RNN",
        config: { cell: [gruCell, plainCell], returnSequences: true, returnState: true, zeroOutputForMask: true },
      },
    ],
    inputs: [tokens],
  },
  {
    id: "rnn/stack-initial-states",
    layers: [
      {
        type: "RNN",
        config: { cell: [lstmCell, gruCell], returnState: true },
        args: { initialState: [[1, 2], 3] },
      },
    ],
    inputs: [{ shape: [2, 3, 2] }, { shape: [2, 3] }, { shape: [2, 3] }, { shape: [2, 2] }],
  },
  {
    id: "rnn/stack-stateful",
    layers: [{ type: "RNN", config: { cell: [gruCell, lstmCell], stateful: true } }],
    inputs: [{ shape: [2, 3, 2], symbolic: [2, 3, 2] }],
  },
  {
    id: "rnn/stack-unrolled",
    layers: [
      { type: "RNN", config: { cell: [plainCell, gruCell], unroll: true, returnSequences: true, returnState: true } },
    ],
    inputs: [sequence],
  },
  {
    id: "rnn/frozen-named",
    layers: [
      {
        type: "RNN",
        name: "loop",
        config: { cell: { type: "GRUCell", name: "mine", config: { units: 2 } }, trainable: false },
      },
      { type: "Dense", config: { units: 1 } },
    ],
    inputs: [sequence],
  },
  {
    id: "rnn/dropout",
    layers: [
      {
        type: "RNN",
        config: {
          cell: [
            { type: "LSTMCell", config: { units: 3, dropout: 0.3 } },
            { type: "GRUCell", config: { units: 2, recurrentDropout: 0.3 } },
          ],
        },
      },
    ],
    inputs: [sequence],
    random: true,
  },
  {
    id: "rnn/int-input",
    layers: [{ type: "RNN", config: { cell: [gruCell, plainCell] } }],
    inputs: [{ shape: [2, 3, 2], dtype: "int32", low: -1, high: 3 }],
  },
];
