import type { LayerCase } from "./case.ts";

export const average: readonly LayerCase[] = [
  {
    id: "average/two",
    layers: [{ type: "Average" }],
    inputs: [{ shape: [3, 4] }, { shape: [3, 4] }],
  },
  {
    id: "average/broadcast",
    layers: [{ type: "Average" }],
    inputs: [{ shape: [2, 3, 4] }, { shape: [2, 1, 4] }],
  },
  {
    id: "average/different-ranks",
    layers: [{ type: "Average" }],
    inputs: [{ shape: [2, 4] }, { shape: [2, 3, 4] }],
  },
  {
    id: "average/ties",
    layers: [{ type: "Average" }],
    inputs: [
      { shape: [4, 6], levels: 3 },
      { shape: [4, 6], levels: 3 },
    ],
  },
  {
    id: "average/unknown-time",
    layers: [{ type: "Average" }],
    inputs: [
      { shape: [2, 3, 2], symbolic: [null, null, 2] },
      { shape: [2, 3, 2], symbolic: [null, null, 2] },
    ],
  },
  {
    id: "average/three",
    layers: [{ type: "Average" }],
    inputs: [{ shape: [2, 5] }, { shape: [2, 5] }, { shape: [2, 1] }],
  },
];
