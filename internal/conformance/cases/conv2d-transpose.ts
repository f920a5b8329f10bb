import type { LayerCase } from "./case.ts";

export const conv2dTranspose: readonly LayerCase[] = [
  {
    id: "conv2d-transpose/valid",
    layers: [{ type: "Conv2DTranspose", config: { filters: 2, kernelSize: 3 } }],
    inputs: [{ shape: [1, 3, 4, 2] }],
  },
  {
    id: "conv2d-transpose/same-strided",
    layers: [
      {
        type: "Conv2DTranspose",
        config: {
          filters: 3,
          kernelSize: 3,
          strides: 2,
          padding: "same",
          kernelRegularizer: { type: "L1L2", config: { l1: 0.01, l2: 0.02 } },
        },
      },
    ],
    inputs: [{ shape: [2, 3, 2, 2] }],
  },
  {
    id: "conv2d-transpose/same-rectangular",
    layers: [
      {
        type: "Conv2DTranspose",
        config: { filters: 2, kernelSize: [4, 2], strides: [3, 1], padding: "same", useBias: false },
      },
    ],
    inputs: [{ shape: [1, 3, 4, 2] }],
  },
  {
    id: "conv2d-transpose/stride-above-kernel",
    layers: [
      {
        type: "Conv2DTranspose",
        config: { filters: 2, kernelSize: 1, strides: [2, 3], padding: "same", activation: "sigmoid" },
      },
    ],
    inputs: [{ shape: [1, 3, 2, 3] }],
  },
  {
    id: "conv2d-transpose/output-padding",
    layers: [
      {
        type: "Conv2DTranspose",
        config: { filters: 2, kernelSize: [3, 2], strides: [2, 3], outputPadding: [1, 2], padding: "same" },
      },
    ],
    inputs: [{ shape: [1, 3, 3, 2] }],
  },
  {
    id: "conv2d-transpose/valid-output-padding",
    layers: [
      { type: "Conv2DTranspose", config: { filters: 1, kernelSize: [3, 2], strides: [2, 3], outputPadding: [0, 1] } },
    ],
    inputs: [{ shape: [2, 3, 2, 1] }],
  },
  {
    id: "conv2d-transpose/dilated",
    layers: [{ type: "Conv2DTranspose", config: { filters: 2, kernelSize: 2, dilationRate: [2, 3] } }],
    inputs: [{ shape: [1, 4, 3, 2] }],
    compiled: true,
  },
  {
    id: "conv2d-transpose/same-dilated",
    layers: [{ type: "Conv2DTranspose", config: { filters: 2, kernelSize: [3, 2], dilationRate: 2, padding: "same" } }],
    inputs: [{ shape: [1, 4, 5, 2] }],
    compiled: true,
  },
  {
    id: "conv2d-transpose/unknown-size",
    layers: [{ type: "Conv2DTranspose", config: { filters: 2, kernelSize: 4, strides: 2, padding: "same" } }],
    inputs: [{ shape: [1, 3, 4, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "conv2d-transpose/unknown-height-valid",
    layers: [{ type: "Conv2DTranspose", config: { filters: 2, kernelSize: [3, 1], strides: 2 } }],
    inputs: [{ shape: [1, 3, 2, 2], symbolic: [null, null, 2, 2] }],
  },
  {
    id: "conv2d-transpose/channels-first",
    layers: [
      {
        type: "Conv2DTranspose",
        config: { filters: 2, kernelSize: 3, strides: [2, 1], padding: "same", dataFormat: "channelsFirst" },
      },
    ],
    inputs: [{ shape: [1, 3, 2, 3] }],
    compiled: true,
  },
];
