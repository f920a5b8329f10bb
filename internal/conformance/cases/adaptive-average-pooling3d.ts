import type { LayerCase } from "./case.ts";

export const adaptiveAveragePooling3d: readonly LayerCase[] = [
  {
    id: "adaptive-average-pooling3d/cube",
    layers: [{ type: "AdaptiveAveragePooling3D", config: { outputSize: 2 } }],
    inputs: [{ shape: [1, 3, 4, 5, 1], levels: 5 }],
    compiled: true,
  },
  {
    id: "adaptive-average-pooling3d/box",
    layers: [{ type: "AdaptiveAveragePooling3D", config: { outputSize: [2, 3, 2] } }],
    inputs: [{ shape: [1, 4, 4, 3, 2] }],
  },
  {
    id: "adaptive-average-pooling3d/channels-first",
    layers: [{ type: "AdaptiveAveragePooling3D", config: { outputSize: [2, 2, 3], dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [1, 2, 3, 2, 5] }],
  },
];
