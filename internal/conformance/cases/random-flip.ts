import type { LayerCase } from "./case.ts";

export const randomFlip: readonly LayerCase[] = [
  {
    id: "random-flip/both",
    layers: [{ type: "RandomFlip", config: {} }],
    inputs: [{ shape: [4, 3, 4, 2] }],
    random: true,
  },
  {
    id: "random-flip/horizontal-seeded",
    layers: [{ type: "RandomFlip", config: { mode: "horizontal", seed: 7 } }],
    inputs: [{ shape: [4, 3, 3, 1], dtype: "uint8", high: 200 }],
    random: true,
  },
  {
    id: "random-flip/vertical-channels-first",
    layers: [{ type: "RandomFlip", config: { mode: "vertical", dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [3, 2, 3, 4], symbolic: [null, 2, null, null] }],
    random: true,
  },
];
