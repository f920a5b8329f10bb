import type { LayerCase } from "./case.ts";

export const randomCrop: readonly LayerCase[] = [
  {
    id: "random-crop/same-size",
    layers: [{ type: "RandomCrop", config: { height: 3, width: 4 } }],
    inputs: [{ shape: [2, 3, 4, 2] }],
  },
  {
    id: "random-crop/same-size-channels-first",
    layers: [{ type: "RandomCrop", config: { height: 2, width: 3, dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 1, 2, 3] }],
  },
  {
    id: "random-crop/one-fits",
    layers: [{ type: "RandomCrop", config: { height: 5, width: 3 } }],
    inputs: [{ shape: [2, 5, 7, 1] }],
  },
  {
    id: "random-crop/too-small",
    layers: [{ type: "RandomCrop", config: { height: 6, width: 6 } }],
    inputs: [{ shape: [1, 3, 8, 2] }],
  },
  {
    id: "random-crop/random",
    layers: [{ type: "RandomCrop", config: { height: 2, width: 3, seed: 1 } }],
    inputs: [{ shape: [2, 4, 6, 1] }],
    random: true,
  },
];
