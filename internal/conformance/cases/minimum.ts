import type { LayerCase } from "./case.ts";

export const minimum: readonly LayerCase[] = [
  {
    id: "minimum/two",
    layers: [{ type: "Minimum" }],
    inputs: [{ shape: [3, 4] }, { shape: [3, 4] }],
  },
  {
    id: "minimum/broadcast",
    layers: [{ type: "Minimum" }],
    inputs: [{ shape: [2, 3, 4] }, { shape: [2, 1, 4] }],
  },
  {
    id: "minimum/different-ranks",
    layers: [{ type: "Minimum" }],
    inputs: [{ shape: [2, 4] }, { shape: [2, 3, 4] }],
  },
  {
    id: "minimum/ties",
    layers: [{ type: "Minimum" }],
    inputs: [
      { shape: [4, 6], levels: 3 },
      { shape: [4, 6], levels: 3 },
    ],
  },
  {
    id: "minimum/unknown-time",
    layers: [{ type: "Minimum" }],
    inputs: [
      { shape: [2, 3, 2], symbolic: [null, null, 2] },
      { shape: [2, 3, 2], symbolic: [null, null, 2] },
    ],
  },
  {
    id: "minimum/three",
    layers: [{ type: "Minimum" }],
    inputs: [{ shape: [2, 5] }, { shape: [2, 5] }, { shape: [2, 1] }],
  },
];
