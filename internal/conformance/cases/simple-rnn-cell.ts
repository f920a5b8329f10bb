import type { LayerCase } from "./case.ts";

export const simpleRnnCell: readonly LayerCase[] = [
  {
    id: "simple-rnn-cell/step",
    layers: [{ type: "SimpleRNNCell", config: { units: 3 }, args: { states: [1] } }],
    inputs: [{ shape: [2, 4] }, { shape: [2, 3] }],
  },
  {
    id: "simple-rnn-cell/no-bias",
    layers: [
      { type: "SimpleRNNCell", config: { units: 2, useBias: false, activation: "relu" }, args: { states: [1] } },
    ],
    inputs: [{ shape: [3, 2] }, { shape: [3, 2] }],
  },
  {
    id: "simple-rnn-cell/one",
    layers: [{ type: "SimpleRNNCell", config: { units: 1 }, args: { states: [1] } }],
    inputs: [{ shape: [1, 1] }, { shape: [1, 1] }],
  },
];
