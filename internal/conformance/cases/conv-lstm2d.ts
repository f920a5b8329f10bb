import type { InputSpec, LayerCase } from "./case.ts";

const images: InputSpec = { shape: [2, 3, 4, 3, 2] };
const unknownTime: InputSpec = { shape: [1, 3, 4, 5, 1], symbolic: [null, null, 4, 5, 1] };

export const convLstm2d: readonly LayerCase[] = [
  {
    id: "conv-lstm2d/default",
    layers: [{ type: "ConvLSTM2D", config: { filters: 2, kernelSize: 2 } }],
    inputs: [images],
  },
  {
    id: "conv-lstm2d/same-sequences-states",
    layers: [
      {
        type: "ConvLSTM2D",
        config: { filters: 1, kernelSize: [3, 2], padding: "same", returnSequences: true, returnState: true },
      },
    ],
    inputs: [unknownTime],
  },
  {
    id: "conv-lstm2d/strides-backwards",
    layers: [
      {
        type: "ConvLSTM2D",
        config: {
          filters: 2,
          kernelSize: 2,
          strides: [2, 1],
          padding: "same",
          returnSequences: true,
          goBackwards: true,
        },
      },
    ],
    inputs: [unknownTime],
  },
  {
    id: "conv-lstm2d/dilation-no-bias",
    layers: [
      {
        type: "ConvLSTM2D",
        config: {
          filters: 1,
          kernelSize: [1, 2],
          dilationRate: 2,
          useBias: false,
          activation: "relu",
          recurrentActivation: "hardSigmoid",
        },
      },
    ],
    inputs: [images],
  },
  {
    id: "conv-lstm2d/masked",
    layers: [
      {
        type: "ConvLSTM2D",
        config: { filters: 1, kernelSize: 2, returnSequences: true, returnState: true, kernelRegularizer: "l2" },
        args: { mask: 1 },
      },
    ],
    inputs: [images, { shape: [2, 3], dtype: "bool" }],
  },
  {
    id: "conv-lstm2d/initial-state",
    layers: [
      {
        type: "ConvLSTM2D",
        config: { filters: 1, kernelSize: 3, padding: "same", unitForgetBias: false },
        args: { initialState: [1, 2] },
      },
    ],
    inputs: [{ shape: [1, 2, 3, 2, 1] }, { shape: [1, 3, 2, 1] }, { shape: [1, 3, 2, 1] }],
  },
  {
    id: "conv-lstm2d/one-pixel",
    layers: [{ type: "ConvLSTM2D", config: { filters: 1, kernelSize: 1 } }],
    inputs: [{ shape: [1, 1, 1, 1, 1] }],
  },
  {
    id: "conv-lstm2d/stateful-unrolled",
    layers: [
      { type: "ConvLSTM2D", config: { filters: 1, kernelSize: 2, padding: "same", stateful: true, unroll: true } },
    ],
    inputs: [{ shape: [1, 2, 2, 3, 1], symbolic: [1, 2, 2, 3, 1] }],
  },
  {
    id: "conv-lstm2d/dropout",
    layers: [
      { type: "ConvLSTM2D", config: { filters: 1, kernelSize: 2, dropout: 0.3, recurrentDropout: 0.2, seed: 3 } },
    ],
    inputs: [images],
    random: true,
  },
];
