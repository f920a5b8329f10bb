import type { LayerCase } from "./case.ts";

export const averagePooling2d: readonly LayerCase[] = [
  {
    id: "average-pooling2d/default",
    layers: [{ type: "AveragePooling2D", config: { poolSize: 2 } }],
    inputs: [{ shape: [2, 6, 4, 3] }],
  },
  {
    id: "average-pooling2d/rest-dropped",
    layers: [{ type: "AveragePooling2D", config: { poolSize: [2, 3] } }],
    inputs: [{ shape: [2, 5, 7, 2] }],
  },
  {
    id: "average-pooling2d/same-odd",
    layers: [{ type: "AveragePooling2D", config: { poolSize: 2, padding: "same" } }],
    inputs: [{ shape: [1, 5, 7, 2] }],
  },
  {
    id: "average-pooling2d/same-overlapping",
    layers: [{ type: "AveragePooling2D", config: { poolSize: 3, strides: [1, 2], padding: "same" } }],
    inputs: [{ shape: [2, 5, 6, 2] }],
  },
  {
    id: "average-pooling2d/overlapping",
    layers: [{ type: "AveragePooling2D", config: { poolSize: [3, 2], strides: [2, 1] } }],
    inputs: [{ shape: [1, 7, 5, 2] }],
  },
  {
    id: "average-pooling2d/same-even-pool",
    layers: [{ type: "AveragePooling2D", config: { poolSize: 4, strides: 3, padding: "same" } }],
    inputs: [{ shape: [1, 8, 7, 2] }],
  },
  {
    id: "average-pooling2d/one-pixel",
    layers: [{ type: "AveragePooling2D", config: { poolSize: 3, padding: "same" } }],
    inputs: [{ shape: [2, 1, 1, 3] }],
  },
  {
    id: "average-pooling2d/unknown-size",
    layers: [{ type: "AveragePooling2D", config: { poolSize: 3, strides: 2, padding: "same" } }],
    inputs: [{ shape: [2, 5, 6, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "average-pooling2d/channels-first",
    layers: [{ type: "AveragePooling2D", config: { poolSize: [2, 3], dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 2, 4, 6] }],
  },
];
