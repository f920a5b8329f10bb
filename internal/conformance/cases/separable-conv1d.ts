import type { LayerCase } from "./case.ts";

export const separableConv1d: readonly LayerCase[] = [
  {
    id: "separable-conv1d/valid",
    layers: [{ type: "SeparableConv1D", config: { filters: 3, kernelSize: 2 } }],
    inputs: [{ shape: [2, 5, 2] }],
  },
  {
    id: "separable-conv1d/same-strided-multiplier",
    layers: [
      {
        type: "SeparableConv1D",
        config: { filters: 2, kernelSize: 3, strides: 2, padding: "same", depthMultiplier: 2, activation: "relu" },
      },
    ],
    inputs: [{ shape: [2, 6, 3] }],
  },
  {
    id: "separable-conv1d/strided-dilated",
    layers: [
      {
        type: "SeparableConv1D",
        config: { filters: 2, kernelSize: 2, strides: 2, dilationRate: 2, padding: "same", useBias: false },
      },
    ],
    inputs: [{ shape: [1, 7, 2] }],
  },
  {
    id: "separable-conv1d/unknown-length",
    layers: [
      {
        type: "SeparableConv1D",
        config: {
          filters: 2,
          kernelSize: 3,
          padding: "same",
          pointwiseRegularizer: { type: "L1L2", config: { l1: 0.01, l2: 0.02 } },
        },
      },
    ],
    inputs: [{ shape: [2, 5, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "separable-conv1d/channels-first",
    layers: [{ type: "SeparableConv1D", config: { filters: 2, kernelSize: 2, dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 3, 4] }],
  },
];
