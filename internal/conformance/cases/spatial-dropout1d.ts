import type { LayerCase } from "./case.ts";

export const spatialDropout1d: readonly LayerCase[] = [
  {
    id: "spatial-dropout1d/quarter",
    layers: [{ type: "SpatialDropout1D", config: { rate: 0.25 } }, { type: "GlobalMaxPooling1D" }],
    inputs: [{ shape: [2, 3, 20], low: 1, high: 2 }],
    random: { zeros: 0.25 },
  },
  {
    id: "spatial-dropout1d/half-seeded",
    layers: [{ type: "SpatialDropout1D", config: { rate: 0.5, seed: 11 } }, { type: "GlobalMaxPooling1D" }],
    inputs: [{ shape: [2, 3, 20], low: 1, high: 2 }],
    random: { zeros: 0.5 },
  },
  {
    id: "spatial-dropout1d/nothing",
    layers: [{ type: "SpatialDropout1D", config: { rate: 0 } }],
    inputs: [{ shape: [2, 3, 4] }],
  },
  {
    id: "spatial-dropout1d/everything",
    layers: [{ type: "SpatialDropout1D", config: { rate: 1 } }],
    inputs: [{ shape: [2, 3, 4] }],
    random: { zeros: 1 },
  },
  {
    id: "spatial-dropout1d/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 4, outputDim: 10, maskZero: true } },
      { type: "SpatialDropout1D", config: { rate: 0.5 } },
    ],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 4, symbolic: [null, null] }],
    random: true,
  },
];
