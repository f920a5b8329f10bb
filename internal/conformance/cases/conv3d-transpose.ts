import type { LayerCase } from "./case.ts";

export const conv3dTranspose: readonly LayerCase[] = [
  {
    id: "conv3d-transpose/valid",
    layers: [{ type: "Conv3DTranspose", config: { filters: 2, kernelSize: 2 } }],
    inputs: [{ shape: [1, 2, 3, 2, 2] }],
  },
  {
    id: "conv3d-transpose/same-strided",
    layers: [{ type: "Conv3DTranspose", config: { filters: 2, kernelSize: [3, 2, 1], strides: 2, padding: "same" } }],
    inputs: [{ shape: [1, 2, 2, 3, 1] }],
  },
  {
    id: "conv3d-transpose/output-padding",
    layers: [
      {
        type: "Conv3DTranspose",
        config: {
          filters: 1,
          kernelSize: 3,
          strides: [2, 3, 2],
          outputPadding: [1, 0, 0],
          padding: "same",
          useBias: false,
        },
      },
    ],
    inputs: [{ shape: [1, 2, 2, 2, 2] }],
  },
  {
    id: "conv3d-transpose/valid-strided",
    layers: [
      {
        type: "Conv3DTranspose",
        config: { filters: 2, kernelSize: [1, 2, 3], strides: [2, 1, 2], activation: "relu" },
      },
    ],
    inputs: [{ shape: [2, 2, 1, 2, 1] }],
  },
  {
    id: "conv3d-transpose/dilated",
    layers: [
      { type: "Conv3DTranspose", config: { filters: 1, kernelSize: 2, dilationRate: [1, 2, 2], padding: "same" } },
    ],
    inputs: [{ shape: [1, 2, 3, 3, 2] }],
    compiled: true,
  },
  {
    id: "conv3d-transpose/unknown-size",
    layers: [{ type: "Conv3DTranspose", config: { filters: 1, kernelSize: 2, strides: 2, padding: "same" } }],
    inputs: [{ shape: [1, 2, 3, 2, 1], symbolic: [null, null, null, null, 1] }],
  },
  {
    id: "conv3d-transpose/channels-first",
    layers: [
      { type: "Conv3DTranspose", config: { filters: 2, kernelSize: 2, strides: 2, dataFormat: "channelsFirst" } },
    ],
    inputs: [{ shape: [1, 1, 2, 3, 2] }],
    compiled: true,
  },
];
