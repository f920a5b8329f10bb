import type { LayerCase } from "./case.ts";

export const alphaDropout: readonly LayerCase[] = [
  {
    id: "alpha-dropout/three-tenths",
    layers: [{ type: "AlphaDropout", config: { rate: 0.3 } }],
    inputs: [{ shape: [2, 20], low: 1, levels: 1 }],
    random: { mean: 0.6026668313724491, deviation: 1.088175144944298 },
  },
  {
    id: "alpha-dropout/tenth-noise-shape-seeded",
    layers: [{ type: "AlphaDropout", config: { rate: 0.1, noiseShape: [null, 1, null], seed: 3 } }],
    inputs: [{ shape: [2, 3, 10], low: 1, levels: 1, symbolic: [null, null, 10] }],
    random: { mean: 0.8291560645347404, deviation: 0.7622982650176242 },
  },
  {
    id: "alpha-dropout/nothing",
    layers: [{ type: "AlphaDropout", config: { rate: 0 } }],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "alpha-dropout/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 4, outputDim: 10, maskZero: true } },
      { type: "AlphaDropout", config: { rate: 0.3 } },
    ],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 4 }],
    random: true,
  },
];
