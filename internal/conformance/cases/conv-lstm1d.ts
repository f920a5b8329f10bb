import type { LayerCase } from "./case.ts";

export const convLstm1d: readonly LayerCase[] = [
  {
    id: "conv-lstm1d/default",
    layers: [{ type: "ConvLSTM1D", config: { filters: 2, kernelSize: 2 } }],
    inputs: [{ shape: [1, 3, 5, 2] }],
  },
  {
    id: "conv-lstm1d/same-sequences-states",
    layers: [
      {
        type: "ConvLSTM1D",
        config: { filters: 1, kernelSize: [3], padding: "same", returnSequences: true, returnState: true },
      },
    ],
    inputs: [{ shape: [2, 4, 5, 1] }],
  },
  {
    id: "conv-lstm1d/strides-backwards-no-bias",
    layers: [
      {
        type: "ConvLSTM1D",
        config: { filters: 1, kernelSize: 2, strides: 2, padding: "same", goBackwards: true, useBias: false },
      },
    ],
    inputs: [{ shape: [1, 3, 5, 2] }],
  },
];
