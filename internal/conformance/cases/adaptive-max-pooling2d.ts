import type { LayerCase } from "./case.ts";

export const adaptiveMaxPooling2d: readonly LayerCase[] = [
  {
    id: "adaptive-max-pooling2d/square",
    layers: [{ type: "AdaptiveMaxPooling2D", config: { outputSize: 2 } }],
    inputs: [{ shape: [1, 5, 4, 2], levels: 4 }],
  },
  {
    id: "adaptive-max-pooling2d/rectangle",
    layers: [{ type: "AdaptiveMaxPooling2D", config: { outputSize: [3, 4] } }],
    inputs: [{ shape: [1, 7, 6, 2] }],
  },
  {
    id: "adaptive-max-pooling2d/larger",
    layers: [{ type: "AdaptiveMaxPooling2D", config: { outputSize: [3, 5] } }],
    inputs: [{ shape: [1, 2, 7, 1] }],
  },
  {
    id: "adaptive-max-pooling2d/channels-first",
    layers: [{ type: "AdaptiveMaxPooling2D", config: { outputSize: [2, 3], dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 2, 3, 4] }],
  },
];
