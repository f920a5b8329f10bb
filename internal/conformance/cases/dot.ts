import type { LayerCase } from "./case.ts";

export const dot: readonly LayerCase[] = [
  {
    id: "dot/vectors",
    layers: [{ type: "Dot", config: { axes: 1 } }],
    inputs: [{ shape: [3, 5] }, { shape: [3, 5] }],
  },
  {
    id: "dot/normalized",
    layers: [{ type: "Dot", config: { axes: -1, normalize: true } }],
    inputs: [{ shape: [3, 5] }, { shape: [3, 5] }],
  },
  {
    id: "dot/matrices",
    layers: [{ type: "Dot", config: { axes: [2, 1] } }],
    inputs: [{ shape: [2, 3, 4] }, { shape: [2, 4, 5] }],
  },
  {
    id: "dot/same-axis",
    layers: [{ type: "Dot", config: { axes: 1 } }],
    inputs: [{ shape: [2, 4, 3] }, { shape: [2, 4, 5] }],
  },
  {
    id: "dot/matrix-and-vector",
    layers: [{ type: "Dot", config: { axes: [2, 1] } }],
    inputs: [{ shape: [2, 3, 4] }, { shape: [2, 4] }],
  },
  {
    id: "dot/vector-and-matrix",
    layers: [{ type: "Dot", config: { axes: [1, -1] } }],
    inputs: [{ shape: [2, 4] }, { shape: [2, 3, 4] }],
  },
  {
    id: "dot/rank-4",
    layers: [{ type: "Dot", config: { axes: [2, 3] } }],
    inputs: [{ shape: [2, 3, 4, 2] }, { shape: [2, 3, 2, 4] }],
  },
  {
    id: "dot/normalized-zeros",
    layers: [{ type: "Dot", config: { axes: 1, normalize: true } }],
    inputs: [{ shape: [2, 3], levels: 1, low: 0, high: 1 }, { shape: [2, 3] }],
  },
  {
    id: "dot/normalized-tiny",
    layers: [{ type: "Dot", config: { axes: 1, normalize: true } }],
    inputs: [{ shape: [2, 3], low: 0, high: 5e-7 }, { shape: [2, 3] }],
  },
];
