import type { LayerCase } from "./case.ts";

export const elu: readonly LayerCase[] = [
  {
    id: "elu/default",
    layers: [{ type: "ELU" }],
    inputs: [{ shape: [3, 4], low: -3, high: 3 }],
  },
  {
    id: "elu/alpha",
    layers: [{ type: "ELU", config: { alpha: 0.3 } }],
    inputs: [{ shape: [2, 3, 4], low: -3, high: 3 }],
  },
  {
    id: "elu/ties",
    layers: [{ type: "ELU", config: { alpha: 2 } }],
    inputs: [{ shape: [4, 4], levels: 4 }],
  },
];
