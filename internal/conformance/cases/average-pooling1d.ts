import type { LayerCase } from "./case.ts";

export const averagePooling1d: readonly LayerCase[] = [
  {
    id: "average-pooling1d/default",
    layers: [{ type: "AveragePooling1D", config: { poolSize: 2 } }],
    inputs: [{ shape: [2, 6, 3] }],
  },
  {
    id: "average-pooling1d/same-overlapping",
    layers: [{ type: "AveragePooling1D", config: { poolSize: 3, strides: 2, padding: "same" } }],
    inputs: [{ shape: [2, 6, 2] }],
  },
  {
    id: "average-pooling1d/same-even-pool",
    layers: [{ type: "AveragePooling1D", config: { poolSize: 4, strides: 1, padding: "same" } }],
    inputs: [{ shape: [1, 5, 2] }],
  },
  {
    id: "average-pooling1d/rest-dropped",
    layers: [{ type: "AveragePooling1D", config: { poolSize: 3 } }],
    inputs: [{ shape: [2, 8, 1] }],
  },
  {
    id: "average-pooling1d/unknown-length",
    layers: [{ type: "AveragePooling1D", config: { poolSize: 2, strides: 1, padding: "same" } }],
    inputs: [{ shape: [2, 5, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "average-pooling1d/unknown-length-strided",
    layers: [{ type: "AveragePooling1D", config: { poolSize: 3, strides: 2, padding: "same" } }],
    inputs: [{ shape: [2, 6, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "average-pooling1d/channels-first",
    layers: [{ type: "AveragePooling1D", config: { poolSize: 2, padding: "same", dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 2, 5] }],
  },
];
