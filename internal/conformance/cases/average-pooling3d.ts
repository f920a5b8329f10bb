import type { LayerCase } from "./case.ts";

export const averagePooling3d: readonly LayerCase[] = [
  {
    id: "average-pooling3d/default",
    layers: [{ type: "AveragePooling3D", config: { poolSize: 2 } }],
    inputs: [{ shape: [1, 4, 2, 4, 2] }],
  },
  {
    id: "average-pooling3d/same-overlapping",
    layers: [{ type: "AveragePooling3D", config: { poolSize: [3, 2, 2], strides: [2, 1, 2], padding: "same" } }],
    inputs: [{ shape: [1, 3, 3, 4, 2] }],
  },
  {
    id: "average-pooling3d/rest-dropped",
    layers: [{ type: "AveragePooling3D", config: { poolSize: [2, 3, 1], strides: [1, 2, 2] } }],
    inputs: [{ shape: [1, 3, 4, 3, 2] }],
  },
  {
    id: "average-pooling3d/unknown-size",
    layers: [{ type: "AveragePooling3D", config: { poolSize: 2, padding: "same" } }],
    inputs: [{ shape: [1, 3, 2, 5, 1], symbolic: [null, null, null, null, 1] }],
  },
  {
    id: "average-pooling3d/channels-first",
    layers: [{ type: "AveragePooling3D", config: { poolSize: [1, 2, 2], dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [1, 2, 2, 4, 3] }],
  },
];
