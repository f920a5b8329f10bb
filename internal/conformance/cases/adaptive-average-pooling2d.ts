import type { LayerCase } from "./case.ts";

export const adaptiveAveragePooling2d: readonly LayerCase[] = [
  {
    id: "adaptive-average-pooling2d/square",
    layers: [{ type: "AdaptiveAveragePooling2D", config: { outputSize: 2 } }],
    inputs: [{ shape: [1, 5, 4, 2], levels: 4 }],
  },
  {
    id: "adaptive-average-pooling2d/rectangle",
    layers: [{ type: "AdaptiveAveragePooling2D", config: { outputSize: [3, 4] } }],
    inputs: [{ shape: [1, 7, 6, 2] }],
  },
  {
    id: "adaptive-average-pooling2d/larger",
    layers: [{ type: "AdaptiveAveragePooling2D", config: { outputSize: [3, 5] } }],
    inputs: [{ shape: [1, 2, 7, 1] }],
  },
  {
    id: "adaptive-average-pooling2d/channels-first",
    layers: [{ type: "AdaptiveAveragePooling2D", config: { outputSize: [2, 3], dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 2, 3, 4] }],
  },
];
