import type { LayerCase } from "./case.ts";

export const adaptiveMaxPooling1d: readonly LayerCase[] = [
  {
    id: "adaptive-max-pooling1d/divides",
    layers: [{ type: "AdaptiveMaxPooling1D", config: { outputSize: 3 } }],
    inputs: [{ shape: [2, 6, 2] }],
  },
  {
    id: "adaptive-max-pooling1d/overlaps",
    layers: [{ type: "AdaptiveMaxPooling1D", config: { outputSize: [3] } }],
    inputs: [{ shape: [2, 7, 2], levels: 4 }],
  },
  {
    id: "adaptive-max-pooling1d/two-window-sizes",
    layers: [{ type: "AdaptiveMaxPooling1D", config: { outputSize: 4 } }],
    inputs: [{ shape: [1, 10, 2] }],
  },
  {
    id: "adaptive-max-pooling1d/more-than-there-are",
    layers: [{ type: "AdaptiveMaxPooling1D", config: { outputSize: 5 } }],
    inputs: [{ shape: [2, 3, 2] }],
  },
  {
    id: "adaptive-max-pooling1d/to-its-size",
    layers: [{ type: "AdaptiveMaxPooling1D", config: { outputSize: 4 } }],
    inputs: [{ shape: [2, 4, 3] }],
  },
  {
    id: "adaptive-max-pooling1d/channels-first",
    layers: [{ type: "AdaptiveMaxPooling1D", config: { outputSize: 4, dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 2, 7] }],
  },
];
