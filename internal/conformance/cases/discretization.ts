import type { LayerCase } from "./case.ts";

export const discretization: readonly LayerCase[] = [
  {
    id: "discretization/int",
    layers: [{ type: "Discretization", config: { binBoundaries: [-0.5, 0, 0.7] } }],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "discretization/on-the-boundary",
    layers: [{ type: "Discretization", config: { binBoundaries: [-0.5, 0, 0.5] } }],
    inputs: [{ shape: [2, 3, 4], levels: 8, symbolic: [null, null, 4] }],
  },
  {
    id: "discretization/equal-boundaries",
    layers: [{ type: "Discretization", config: { binBoundaries: [0, 0, 0.25] } }],
    inputs: [{ shape: [12], levels: 8 }],
  },
  {
    id: "discretization/one-hot",
    layers: [{ type: "Discretization", config: { binBoundaries: [-0.5, 0.25], outputMode: "oneHot" } }],
    inputs: [{ shape: [2, 3] }],
  },
  {
    id: "discretization/one-hot-column",
    layers: [{ type: "Discretization", config: { binBoundaries: [0.1], outputMode: "oneHot" } }],
    inputs: [{ shape: [2, 3, 1] }],
  },
  {
    id: "discretization/multi-hot",
    layers: [{ type: "Discretization", config: { binBoundaries: [-0.5, 0, 0.5], outputMode: "multiHot" } }],
    inputs: [{ shape: [3, 2] }],
  },
  {
    id: "discretization/count-second-axis",
    layers: [{ type: "Discretization", config: { binBoundaries: [0], outputMode: "count" } }],
    inputs: [{ shape: [2, 5, 3] }],
  },
  {
    id: "discretization/integers",
    layers: [{ type: "Discretization", config: { binBoundaries: [2.5, 4] } }],
    inputs: [{ shape: [2, 6], dtype: "int32", high: 7 }],
  },
];
