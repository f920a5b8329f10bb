import type { LayerCase } from "./case.ts";

export const gruCell: readonly LayerCase[] = [
  {
    id: "gru-cell/step",
    layers: [{ type: "GRUCell", config: { units: 3 }, args: { states: [1] } }],
    inputs: [{ shape: [2, 4] }, { shape: [2, 3] }],
  },
  {
    id: "gru-cell/reset-before",
    layers: [{ type: "GRUCell", config: { units: 2, resetAfter: false }, args: { states: [1] } }],
    inputs: [{ shape: [3, 2] }, { shape: [3, 2] }],
  },
  {
    id: "gru-cell/no-bias",
    layers: [{ type: "GRUCell", config: { units: 1, useBias: false }, args: { states: [1] } }],
    inputs: [{ shape: [1, 1] }, { shape: [1, 1] }],
  },
];
