import type { LayerCase } from "./case.ts";

export const adaptiveAveragePooling1d: readonly LayerCase[] = [
  {
    id: "adaptive-average-pooling1d/divides",
    layers: [{ type: "AdaptiveAveragePooling1D", config: { outputSize: 3 } }],
    inputs: [{ shape: [2, 6, 2] }],
  },
  {
    id: "adaptive-average-pooling1d/overlaps",
    layers: [{ type: "AdaptiveAveragePooling1D", config: { outputSize: [3] } }],
    inputs: [{ shape: [2, 7, 2], levels: 4 }],
  },
  {
    id: "adaptive-average-pooling1d/two-window-sizes",
    layers: [{ type: "AdaptiveAveragePooling1D", config: { outputSize: 4 } }],
    inputs: [{ shape: [1, 10, 2] }],
  },
  {
    id: "adaptive-average-pooling1d/more-than-there-are",
    layers: [{ type: "AdaptiveAveragePooling1D", config: { outputSize: 5 } }],
    inputs: [{ shape: [2, 3, 2] }],
  },
  {
    id: "adaptive-average-pooling1d/to-its-size",
    layers: [{ type: "AdaptiveAveragePooling1D", config: { outputSize: 4 } }],
    inputs: [{ shape: [2, 4, 3] }],
  },
  {
    id: "adaptive-average-pooling1d/channels-first",
    layers: [{ type: "AdaptiveAveragePooling1D", config: { outputSize: 4, dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 2, 7] }],
  },
];
