import type { LayerCase } from "./case.ts";

export const gaussianDropout: readonly LayerCase[] = [
  {
    id: "gaussian-dropout/fifth",
    layers: [{ type: "GaussianDropout", config: { rate: 0.2 } }],
    inputs: [{ shape: [2, 20], low: 1, levels: 1 }],
    random: { mean: 1, deviation: 0.5 },
  },
  {
    id: "gaussian-dropout/half-seeded",
    layers: [{ type: "GaussianDropout", config: { rate: 0.5, seed: 3 } }],
    inputs: [{ shape: [2, 3, 10], low: -2, levels: 1, symbolic: [null, null, 10] }],
    random: { mean: -2, deviation: 2 },
  },
  {
    id: "gaussian-dropout/nothing",
    layers: [{ type: "GaussianDropout", config: { rate: 0 } }],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "gaussian-dropout/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 4, outputDim: 10, maskZero: true } },
      { type: "GaussianDropout", config: { rate: 0.3 } },
    ],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 4 }],
    random: true,
  },
];
