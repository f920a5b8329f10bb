import type { LayerCase } from "./case.ts";

export const subtract: readonly LayerCase[] = [
  {
    id: "subtract/two",
    layers: [{ type: "Subtract" }],
    inputs: [{ shape: [3, 4] }, { shape: [3, 4] }],
  },
  {
    id: "subtract/broadcast",
    layers: [{ type: "Subtract" }],
    inputs: [{ shape: [2, 3, 4] }, { shape: [2, 1, 4] }],
  },
  {
    id: "subtract/different-ranks",
    layers: [{ type: "Subtract" }],
    inputs: [{ shape: [2, 4] }, { shape: [2, 3, 4] }],
  },
  {
    id: "subtract/ties",
    layers: [{ type: "Subtract" }],
    inputs: [
      { shape: [4, 6], levels: 3 },
      { shape: [4, 6], levels: 3 },
    ],
  },
  {
    id: "subtract/unknown-time",
    layers: [{ type: "Subtract" }],
    inputs: [
      { shape: [2, 3, 2], symbolic: [null, null, 2] },
      { shape: [2, 3, 2], symbolic: [null, null, 2] },
    ],
  },
];
