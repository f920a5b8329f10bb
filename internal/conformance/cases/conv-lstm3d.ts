import type { LayerCase } from "./case.ts";

export const convLstm3d: readonly LayerCase[] = [
  {
    id: "conv-lstm3d/default",
    layers: [{ type: "ConvLSTM3D", config: { filters: 2, kernelSize: 2 } }],
    inputs: [{ shape: [1, 2, 3, 3, 2, 1] }],
  },
  {
    id: "conv-lstm3d/same-sequences-states",
    layers: [
      {
        type: "ConvLSTM3D",
        config: { filters: 1, kernelSize: [2, 1, 2], padding: "same", returnSequences: true, returnState: true },
      },
    ],
    inputs: [{ shape: [1, 3, 2, 3, 2, 1] }],
  },
  {
    id: "conv-lstm3d/strides-backwards-no-bias",
    layers: [
      {
        type: "ConvLSTM3D",
        config: { filters: 1, kernelSize: 2, strides: [1, 2, 1], padding: "same", goBackwards: true, useBias: false },
      },
    ],
    inputs: [{ shape: [1, 2, 3, 3, 2, 1] }],
  },
];
