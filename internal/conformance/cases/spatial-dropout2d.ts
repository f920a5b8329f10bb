import type { LayerCase } from "./case.ts";

export const spatialDropout2d: readonly LayerCase[] = [
  {
    id: "spatial-dropout2d/third",
    layers: [{ type: "SpatialDropout2D", config: { rate: 0.3 } }, { type: "GlobalMaxPooling2D" }],
    inputs: [{ shape: [2, 3, 2, 20], low: 1, high: 2, symbolic: [null, null, null, 20] }],
    random: { zeros: 0.3 },
  },
  {
    id: "spatial-dropout2d/channels-first-seeded",
    layers: [
      { type: "SpatialDropout2D", config: { rate: 0.6, dataFormat: "channelsFirst", seed: 5 } },
      { type: "GlobalMaxPooling2D", config: { dataFormat: "channelsFirst" } },
    ],
    inputs: [{ shape: [2, 20, 3, 2], low: 1, high: 2 }],
    random: { zeros: 0.6 },
  },
  {
    id: "spatial-dropout2d/nothing",
    layers: [{ type: "SpatialDropout2D", config: { rate: 0 } }],
    inputs: [{ shape: [2, 2, 1, 3] }],
  },
];
