import type { LayerCase } from "./case.ts";

export const randomBrightness: readonly LayerCase[] = [
  {
    id: "random-brightness/brighter",
    layers: [{ type: "RandomBrightness", config: { factor: [0.3, 0.3] } }],
    inputs: [{ shape: [2, 3, 4, 2], low: 0, high: 255 }],
  },
  {
    id: "random-brightness/darker",
    layers: [{ type: "RandomBrightness", config: { factor: [-0.4, -0.4], valueRange: [1, -0.5] } }],
    inputs: [{ shape: [2, 3, 3, 1] }],
  },
  {
    id: "random-brightness/nothing",
    layers: [{ type: "RandomBrightness", config: { factor: 0, valueRange: [0, 1] } }],
    inputs: [{ shape: [1, 3, 2, 4] }],
  },
  {
    id: "random-brightness/random",
    layers: [{ type: "RandomBrightness", config: { factor: 0.2, valueRange: [-2, 2], seed: 5 } }],
    inputs: [{ shape: [3, 3, 3, 1] }],
    random: true,
  },
];
