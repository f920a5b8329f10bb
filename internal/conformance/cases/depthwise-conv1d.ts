import type { LayerCase } from "./case.ts";

export const depthwiseConv1d: readonly LayerCase[] = [
  {
    id: "depthwise-conv1d/valid",
    layers: [{ type: "DepthwiseConv1D", config: { kernelSize: 3 } }],
    inputs: [{ shape: [2, 6, 3] }],
  },
  {
    id: "depthwise-conv1d/same-multiplier",
    layers: [
      { type: "DepthwiseConv1D", config: { kernelSize: 2, padding: "same", depthMultiplier: 3, activation: "relu" } },
    ],
    inputs: [{ shape: [2, 5, 2] }],
  },
  {
    id: "depthwise-conv1d/same-strided",
    layers: [{ type: "DepthwiseConv1D", config: { kernelSize: 4, strides: 3, padding: "same", useBias: false } }],
    inputs: [{ shape: [1, 8, 2] }],
  },
  {
    id: "depthwise-conv1d/strided-dilated",
    layers: [
      {
        type: "DepthwiseConv1D",
        config: { kernelSize: 2, strides: 2, dilationRate: 3, padding: "same", depthMultiplier: 2 },
      },
    ],
    inputs: [{ shape: [2, 7, 2] }],
  },
  {
    id: "depthwise-conv1d/stride-above-extent",
    layers: [{ type: "DepthwiseConv1D", config: { kernelSize: 1, strides: 3, padding: "same" } }],
    inputs: [{ shape: [2, 8, 2] }],
  },
  {
    id: "depthwise-conv1d/unknown-length-strided-dilated",
    layers: [{ type: "DepthwiseConv1D", config: { kernelSize: 2, strides: 3, dilationRate: 2, padding: "same" } }],
    inputs: [{ shape: [2, 8, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "depthwise-conv1d/unknown-length-short-window",
    layers: [{ type: "DepthwiseConv1D", config: { kernelSize: 3, strides: 4, padding: "same" } }],
    inputs: [{ shape: [2, 9, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "depthwise-conv1d/channels-first",
    layers: [
      {
        type: "DepthwiseConv1D",
        config: { kernelSize: 3, padding: "same", depthMultiplier: 2, dataFormat: "channelsFirst" },
      },
    ],
    inputs: [{ shape: [2, 2, 5] }],
  },
];
