import type { LayerCase } from "./case.ts";

export const maximum: readonly LayerCase[] = [
  {
    id: "maximum/two",
    layers: [{ type: "Maximum" }],
    inputs: [{ shape: [3, 4] }, { shape: [3, 4] }],
  },
  {
    id: "maximum/broadcast",
    layers: [{ type: "Maximum" }],
    inputs: [{ shape: [2, 3, 4] }, { shape: [2, 1, 4] }],
  },
  {
    id: "maximum/different-ranks",
    layers: [{ type: "Maximum" }],
    inputs: [{ shape: [2, 4] }, { shape: [2, 3, 4] }],
  },
  {
    id: "maximum/ties",
    layers: [{ type: "Maximum" }],
    inputs: [
      { shape: [4, 6], levels: 3 },
      { shape: [4, 6], levels: 3 },
    ],
  },
  {
    id: "maximum/unknown-time",
    layers: [{ type: "Maximum" }],
    inputs: [
      { shape: [2, 3, 2], symbolic: [null, null, 2] },
      { shape: [2, 3, 2], symbolic: [null, null, 2] },
    ],
  },
  {
    id: "maximum/three",
    layers: [{ type: "Maximum" }],
    inputs: [{ shape: [2, 5] }, { shape: [2, 5] }, { shape: [2, 1] }],
  },
];
