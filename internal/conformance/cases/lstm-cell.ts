import type { LayerCase } from "./case.ts";

export const lstmCell: readonly LayerCase[] = [
  {
    id: "lstm-cell/step",
    layers: [{ type: "LSTMCell", config: { units: 3 }, args: { states: [1, 2] } }],
    inputs: [{ shape: [2, 4] }, { shape: [2, 3] }, { shape: [2, 3] }],
  },
  {
    id: "lstm-cell/no-bias",
    layers: [
      {
        type: "LSTMCell",
        config: { units: 2, useBias: false, activation: "relu", recurrentActivation: "hardSigmoid" },
        args: { states: [1, 2] },
      },
    ],
    inputs: [{ shape: [3, 2] }, { shape: [3, 2] }, { shape: [3, 2] }],
  },
  {
    id: "lstm-cell/no-forget-bias",
    layers: [{ type: "LSTMCell", config: { units: 1, unitForgetBias: false }, args: { states: [1, 2] } }],
    inputs: [{ shape: [1, 1] }, { shape: [1, 1] }, { shape: [1, 1] }],
  },
];
