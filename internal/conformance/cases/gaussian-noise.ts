import type { LayerCase } from "./case.ts";

export const gaussianNoise: readonly LayerCase[] = [
  {
    id: "gaussian-noise/half",
    layers: [{ type: "GaussianNoise", config: { stddev: 0.5 } }],
    inputs: [{ shape: [2, 20], low: 1, levels: 1 }],
    random: { mean: 1, deviation: 0.5 },
  },
  {
    id: "gaussian-noise/tenth-seeded",
    layers: [{ type: "GaussianNoise", config: { stddev: 0.1, seed: 7 } }],
    inputs: [{ shape: [2, 3, 10], low: 0, levels: 1, symbolic: [null, null, 10] }],
    random: { mean: 0, deviation: 0.1 },
  },
  {
    id: "gaussian-noise/two",
    layers: [
      { type: "GaussianNoise", config: { stddev: 0.3 } },
      { type: "GaussianNoise", config: { stddev: 0.4 } },
    ],
    inputs: [{ shape: [2, 20], low: 0, levels: 1 }],
    random: { mean: 0, deviation: 0.5 },
  },
  {
    id: "gaussian-noise/nothing",
    layers: [{ type: "GaussianNoise", config: { stddev: 0 } }],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "gaussian-noise/int-input",
    layers: [{ type: "GaussianNoise", config: { stddev: 0 } }],
    inputs: [{ shape: [3, 4], dtype: "int32", high: 9 }],
  },
  {
    id: "gaussian-noise/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 4, outputDim: 10, maskZero: true } },
      { type: "GaussianNoise", config: { stddev: 1 } },
    ],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 4 }],
    random: true,
  },
];
