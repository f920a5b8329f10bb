import type { LayerCase } from "./case.ts";

export const spatialDropout3d: readonly LayerCase[] = [
  {
    id: "spatial-dropout3d/third",
    layers: [{ type: "SpatialDropout3D", config: { rate: 0.3, seed: 5 } }, { type: "GlobalMaxPooling3D" }],
    inputs: [{ shape: [2, 2, 2, 2, 20], low: 1, high: 2 }],
    random: { zeros: 0.3 },
  },
  {
    id: "spatial-dropout3d/channels-first",
    layers: [
      { type: "SpatialDropout3D", config: { rate: 0.6, dataFormat: "channelsFirst" } },
      { type: "GlobalMaxPooling3D", config: { dataFormat: "channelsFirst" } },
    ],
    inputs: [{ shape: [2, 20, 2, 2, 2], low: 1, high: 2 }],
    random: { zeros: 0.6 },
  },
  {
    id: "spatial-dropout3d/nothing",
    layers: [{ type: "SpatialDropout3D", config: { rate: 0 } }],
    inputs: [{ shape: [2, 2, 1, 2, 3] }],
  },
];
