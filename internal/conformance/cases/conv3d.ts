import type { LayerCase } from "./case.ts";

export const conv3d: readonly LayerCase[] = [
  {
    id: "conv3d/valid",
    layers: [{ type: "Conv3D", config: { filters: 3, kernelSize: 2 } }],
    inputs: [{ shape: [1, 3, 4, 3, 2] }],
  },
  {
    id: "conv3d/same-strided",
    layers: [
      {
        type: "Conv3D",
        config: { filters: 2, kernelSize: [2, 3, 1], strides: [2, 1, 2], padding: "same", activation: "relu" },
      },
    ],
    inputs: [{ shape: [1, 5, 3, 4, 2] }],
  },
  {
    id: "conv3d/same-dilated",
    layers: [
      {
        type: "Conv3D",
        config: { filters: 2, kernelSize: [2, 1, 3], dilationRate: [2, 1, 2], padding: "same", useBias: false },
      },
    ],
    inputs: [{ shape: [1, 4, 3, 5, 1] }],
  },
  {
    id: "conv3d/groups",
    layers: [{ type: "Conv3D", config: { filters: 4, kernelSize: 2, groups: 2 } }],
    inputs: [{ shape: [1, 3, 2, 3, 4] }],
    compiled: true,
  },
  {
    id: "conv3d/one-channel-one-voxel",
    layers: [{ type: "Conv3D", config: { filters: 1, kernelSize: 3, padding: "same" } }],
    inputs: [{ shape: [2, 1, 1, 1, 1] }],
  },
  {
    id: "conv3d/unknown-size-same",
    layers: [{ type: "Conv3D", config: { filters: 2, kernelSize: 2, strides: 2, padding: "same" } }],
    inputs: [{ shape: [1, 3, 4, 5, 1], symbolic: [null, null, null, null, 1] }],
  },
  {
    id: "conv3d/channels-first",
    layers: [{ type: "Conv3D", config: { filters: 2, kernelSize: [1, 2, 2], dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [1, 2, 2, 3, 4] }],
    compiled: true,
  },
];
