import type { LayerCase } from "./case.ts";

export const conv2d: readonly LayerCase[] = [
  {
    id: "conv2d/valid",
    layers: [{ type: "Conv2D", config: { filters: 4, kernelSize: 3 } }],
    inputs: [{ shape: [2, 5, 6, 3] }],
  },
  {
    id: "conv2d/same-rectangular",
    layers: [{ type: "Conv2D", config: { filters: 3, kernelSize: [3, 5], padding: "same", activation: "relu" } }],
    inputs: [{ shape: [2, 4, 6, 2] }],
  },
  {
    id: "conv2d/same-strided-odd",
    layers: [{ type: "Conv2D", config: { filters: 3, kernelSize: 3, strides: 2, padding: "same" } }],
    inputs: [{ shape: [1, 7, 6, 2] }],
  },
  {
    id: "conv2d/same-even-kernel",
    layers: [{ type: "Conv2D", config: { filters: 2, kernelSize: [2, 4], padding: "same" } }],
    inputs: [{ shape: [2, 5, 5, 2] }],
  },
  {
    id: "conv2d/same-even-kernel-strided",
    layers: [{ type: "Conv2D", config: { filters: 2, kernelSize: 4, strides: [3, 2], padding: "same" } }],
    inputs: [{ shape: [1, 8, 7, 2] }],
  },
  {
    id: "conv2d/valid-strided-rest",
    layers: [{ type: "Conv2D", config: { filters: 2, kernelSize: [3, 2], strides: [2, 3] } }],
    inputs: [{ shape: [2, 8, 9, 1] }],
  },
  {
    id: "conv2d/valid-dilated",
    layers: [{ type: "Conv2D", config: { filters: 2, kernelSize: [3, 2], dilationRate: [2, 3] } }],
    inputs: [{ shape: [1, 9, 8, 2] }],
  },
  {
    id: "conv2d/same-dilated",
    layers: [{ type: "Conv2D", config: { filters: 3, kernelSize: [3, 2], dilationRate: 2, padding: "same" } }],
    inputs: [{ shape: [2, 6, 5, 2] }],
  },
  {
    id: "conv2d/stride-above-kernel",
    layers: [{ type: "Conv2D", config: { filters: 3, kernelSize: 1, strides: [2, 3], padding: "same" } }],
    inputs: [{ shape: [2, 5, 7, 2] }],
  },
  {
    id: "conv2d/groups",
    layers: [{ type: "Conv2D", config: { filters: 6, kernelSize: 3, groups: 2, padding: "same" } }],
    inputs: [{ shape: [2, 4, 5, 4] }],
  },
  {
    id: "conv2d/groups-depthwise-strided",
    layers: [{ type: "Conv2D", config: { filters: 6, kernelSize: [2, 3], groups: 3, strides: 2 } }],
    inputs: [{ shape: [2, 6, 7, 3] }],
  },
  {
    id: "conv2d/one-pixel",
    layers: [{ type: "Conv2D", config: { filters: 2, kernelSize: 3, padding: "same", useBias: false } }],
    inputs: [{ shape: [3, 1, 1, 2] }],
  },
  {
    id: "conv2d/whole-image",
    layers: [{ type: "Conv2D", config: { filters: 1, kernelSize: [4, 3] } }],
    inputs: [{ shape: [2, 4, 3, 1] }],
  },
  {
    id: "conv2d/unknown-size-same",
    layers: [{ type: "Conv2D", config: { filters: 2, kernelSize: 3, strides: 2, padding: "same" } }],
    inputs: [{ shape: [2, 6, 7, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "conv2d/unknown-size-valid",
    layers: [{ type: "Conv2D", config: { filters: 2, kernelSize: 2, strides: [2, 1], activation: "softplus" } }],
    inputs: [{ shape: [1, 7, 5, 3], symbolic: [null, null, 5, 3] }],
  },
  {
    id: "conv2d/two-regularized",
    layers: [
      {
        type: "Conv2D",
        config: { filters: 3, kernelSize: 3, kernelRegularizer: { type: "L1L2", config: { l1: 0.01, l2: 0.02 } } },
      },
      { type: "Conv2D", config: { filters: 2, kernelSize: 1, useBias: false } },
    ],
    inputs: [{ shape: [1, 5, 5, 2] }],
  },
  {
    id: "conv2d/channels-first",
    layers: [
      {
        type: "Conv2D",
        config: {
          filters: 4,
          kernelSize: [3, 2],
          strides: 2,
          padding: "same",
          dataFormat: "channelsFirst",
          activation: "relu",
        },
      },
    ],
    inputs: [{ shape: [2, 3, 5, 6] }],
    compiled: true,
  },
];
