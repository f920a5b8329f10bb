import type { LayerCase } from "./case.ts";

export const randomContrast: readonly LayerCase[] = [
  {
    id: "random-contrast/up",
    layers: [{ type: "RandomContrast", config: { factor: [-0.5, 0.5] } }],
    inputs: [{ shape: [2, 3, 4, 2], low: 0, high: 300 }],
  },
  {
    id: "random-contrast/down",
    layers: [{ type: "RandomContrast", config: { factor: [-0.2, 0.2], valueRange: [0, 0.6] } }],
    inputs: [{ shape: [2, 3, 3, 1], low: 0 }],
  },
  {
    id: "random-contrast/channels-first",
    layers: [
      { type: "RandomContrast", config: { factor: [-0.9, 0.9], valueRange: [-1, 1], dataFormat: "channelsFirst" } },
    ],
    inputs: [{ shape: [1, 3, 2, 4] }],
  },
  {
    id: "random-contrast/random",
    layers: [{ type: "RandomContrast", config: { factor: 0.5, valueRange: [-2, 2], seed: 5 } }],
    inputs: [{ shape: [3, 3, 3, 1] }],
    random: true,
  },
];
