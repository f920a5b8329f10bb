import type { LayerCase } from "./case.ts";

export const depthwiseConv2d: readonly LayerCase[] = [
  {
    id: "depthwise-conv2d/valid",
    layers: [{ type: "DepthwiseConv2D", config: { kernelSize: 3 } }],
    inputs: [{ shape: [2, 4, 5, 3] }],
  },
  {
    id: "depthwise-conv2d/same-strided-multiplier",
    layers: [{ type: "DepthwiseConv2D", config: { kernelSize: 3, strides: 2, padding: "same", depthMultiplier: 2 } }],
    inputs: [{ shape: [1, 5, 6, 2] }],
  },
  {
    id: "depthwise-conv2d/same-even-dilated",
    layers: [
      { type: "DepthwiseConv2D", config: { kernelSize: [2, 3], dilationRate: 2, padding: "same", activation: "tanh" } },
    ],
    inputs: [{ shape: [1, 5, 4, 2] }],
  },
  {
    id: "depthwise-conv2d/strides-differ",
    layers: [
      {
        type: "DepthwiseConv2D",
        config: {
          kernelSize: [3, 2],
          strides: [1, 2],
          useBias: false,
          depthwiseRegularizer: { type: "L1L2", config: { l1: 0.01, l2: 0.02 } },
        },
      },
    ],
    inputs: [{ shape: [1, 4, 5, 2] }],
    compiled: true,
  },
  {
    id: "depthwise-conv2d/strided-dilated",
    layers: [
      { type: "DepthwiseConv2D", config: { kernelSize: [2, 3], strides: 2, dilationRate: [3, 2], padding: "same" } },
    ],
    inputs: [{ shape: [1, 6, 7, 2] }],
  },
  {
    id: "depthwise-conv2d/one-channel",
    layers: [{ type: "DepthwiseConv2D", config: { kernelSize: 2, depthMultiplier: 3 } }],
    inputs: [{ shape: [2, 3, 3, 1] }],
  },
  {
    id: "depthwise-conv2d/unknown-size",
    layers: [{ type: "DepthwiseConv2D", config: { kernelSize: 3, strides: 2, padding: "same" } }],
    inputs: [{ shape: [1, 5, 6, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "depthwise-conv2d/unknown-size-strided-dilated",
    layers: [{ type: "DepthwiseConv2D", config: { kernelSize: 2, strides: 2, dilationRate: 2, padding: "same" } }],
    inputs: [{ shape: [1, 5, 6, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "depthwise-conv2d/channels-first",
    layers: [
      {
        type: "DepthwiseConv2D",
        config: { kernelSize: 2, strides: 2, padding: "same", depthMultiplier: 2, dataFormat: "channelsFirst" },
      },
    ],
    inputs: [{ shape: [1, 2, 5, 4] }],
  },
];
