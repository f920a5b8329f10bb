import type { LayerCase } from "./case.ts";

export const adaptiveMaxPooling3d: readonly LayerCase[] = [
  {
    id: "adaptive-max-pooling3d/cube",
    layers: [{ type: "AdaptiveMaxPooling3D", config: { outputSize: 2 } }],
    inputs: [{ shape: [1, 3, 4, 5, 1], levels: 5 }],
    compiled: true,
  },
  {
    id: "adaptive-max-pooling3d/box",
    layers: [{ type: "AdaptiveMaxPooling3D", config: { outputSize: [2, 3, 2] } }],
    inputs: [{ shape: [1, 4, 4, 3, 2] }],
  },
  {
    id: "adaptive-max-pooling3d/channels-first",
    layers: [{ type: "AdaptiveMaxPooling3D", config: { outputSize: [2, 2, 3], dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [1, 2, 3, 2, 5] }],
  },
];
