import type { LayerCase } from "./case.ts";

export const dropout: readonly LayerCase[] = [
  {
    id: "dropout/half",
    layers: [{ type: "Dropout", config: { rate: 0.5 } }],
    inputs: [{ shape: [2, 50], low: 1, high: 2 }],
    random: { zeros: 0.5 },
  },
  {
    id: "dropout/quarter-seeded",
    layers: [{ type: "Dropout", config: { rate: 0.25, seed: 42 } }],
    inputs: [{ shape: [2, 3, 20], low: 1, high: 2, symbolic: [null, null, 20] }],
    random: { zeros: 0.25 },
  },
  {
    id: "dropout/noise-shape",
    layers: [{ type: "Dropout", config: { rate: 0.3, noiseShape: [null, 1, null] } }],
    inputs: [{ shape: [2, 3, 30], low: 1, high: 2 }],
    random: { zeros: 0.3 },
  },
  {
    id: "dropout/nothing",
    layers: [{ type: "Dropout", config: { rate: 0 } }],
    inputs: [{ shape: [3, 4] }],
    random: { zeros: 0 },
  },
  {
    id: "dropout/everything",
    layers: [{ type: "Dropout", config: { rate: 1 } }],
    inputs: [{ shape: [3, 4], low: 1, high: 2 }],
    random: { zeros: 1 },
  },
  {
    id: "dropout/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 4, outputDim: 10, maskZero: true } },
      { type: "Dropout", config: { rate: 0.5 } },
    ],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 4 }],
    random: { zeros: 0.5 },
  },
  {
    id: "dropout/two",
    layers: [
      { type: "Dropout", config: { rate: 0.1 } },
      { type: "Dropout", config: { rate: 0.5 } },
    ],
    inputs: [{ shape: [2, 40], low: 1, high: 2 }],
    random: { zeros: 0.55 },
  },
];
