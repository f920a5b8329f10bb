import type { LayerCase } from "./case.ts";

export const separableConv2d: readonly LayerCase[] = [
  {
    id: "separable-conv2d/valid",
    layers: [{ type: "SeparableConv2D", config: { filters: 2, kernelSize: 3 } }],
    inputs: [{ shape: [1, 4, 5, 2] }],
  },
  {
    id: "separable-conv2d/same-strided-multiplier",
    layers: [
      {
        type: "SeparableConv2D",
        config: {
          filters: 3,
          kernelSize: [2, 3],
          strides: 2,
          padding: "same",
          depthMultiplier: 2,
          depthwiseRegularizer: { type: "L1L2", config: { l1: 0.01, l2: 0.02 } },
        },
      },
    ],
    inputs: [{ shape: [1, 5, 4, 2] }],
  },
  {
    id: "separable-conv2d/same-dilated",
    layers: [
      {
        type: "SeparableConv2D",
        config: {
          filters: 2,
          kernelSize: 3,
          dilationRate: [2, 1],
          padding: "same",
          useBias: false,
          activation: "softplus",
        },
      },
    ],
    inputs: [{ shape: [1, 5, 4, 2] }],
  },
  {
    id: "separable-conv2d/one-pixel",
    layers: [{ type: "SeparableConv2D", config: { filters: 2, kernelSize: 3, padding: "same" } }],
    inputs: [{ shape: [2, 1, 1, 3] }],
  },
  {
    id: "separable-conv2d/unknown-size",
    layers: [{ type: "SeparableConv2D", config: { filters: 2, kernelSize: 2, strides: 2, padding: "same" } }],
    inputs: [{ shape: [1, 5, 4, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "separable-conv2d/channels-first",
    layers: [
      { type: "SeparableConv2D", config: { filters: 2, kernelSize: 2, padding: "same", dataFormat: "channelsFirst" } },
    ],
    inputs: [{ shape: [1, 2, 3, 4] }],
  },
];
