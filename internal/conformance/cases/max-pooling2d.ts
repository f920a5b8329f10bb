import type { LayerCase } from "./case.ts";

export const maxPooling2d: readonly LayerCase[] = [
  { id: "max-pooling2d/default", layers: [{ type: "MaxPooling2D" }], inputs: [{ shape: [2, 6, 4, 3] }] },
  {
    id: "max-pooling2d/rest-dropped",
    layers: [{ type: "MaxPooling2D", config: { poolSize: [2, 3] } }],
    inputs: [{ shape: [2, 5, 7, 2] }],
  },
  {
    id: "max-pooling2d/same-odd",
    layers: [{ type: "MaxPooling2D", config: { padding: "same" } }],
    inputs: [{ shape: [1, 5, 7, 2] }],
  },
  {
    id: "max-pooling2d/same-negative",
    layers: [{ type: "MaxPooling2D", config: { poolSize: 3, strides: 1, padding: "same" } }],
    inputs: [{ shape: [1, 4, 5, 2], low: -3, high: -1 }],
  },
  {
    id: "max-pooling2d/overlapping-ties",
    layers: [{ type: "MaxPooling2D", config: { poolSize: 3, strides: 2 } }],
    inputs: [{ shape: [2, 7, 7, 2], levels: 3 }],
  },
  {
    id: "max-pooling2d/overlapping-ties-same",
    layers: [{ type: "MaxPooling2D", config: { poolSize: [3, 2], strides: [2, 1], padding: "same" } }],
    inputs: [{ shape: [2, 6, 5, 2], levels: 2 }],
  },
  {
    id: "max-pooling2d/constant-image",
    layers: [{ type: "MaxPooling2D", config: { poolSize: 3, strides: 2, padding: "same" } }],
    inputs: [{ shape: [1, 6, 6, 1], levels: 1 }],
  },
  {
    id: "max-pooling2d/stride-above-pool",
    layers: [{ type: "MaxPooling2D", config: { poolSize: 2, strides: 3, padding: "same" } }],
    inputs: [{ shape: [1, 8, 7, 2] }],
  },
  {
    id: "max-pooling2d/whole-image",
    layers: [{ type: "MaxPooling2D", config: { poolSize: [4, 3] } }],
    inputs: [{ shape: [2, 4, 3, 1], levels: 4 }],
  },
  {
    id: "max-pooling2d/one-pixel",
    layers: [{ type: "MaxPooling2D", config: { poolSize: 2, padding: "same" } }],
    inputs: [{ shape: [2, 1, 1, 3] }],
  },
  {
    id: "max-pooling2d/unknown-size",
    layers: [{ type: "MaxPooling2D", config: { poolSize: 3, strides: 2, padding: "same" } }],
    inputs: [{ shape: [2, 5, 6, 2], symbolic: [null, null, null, 2], levels: 5 }],
  },
  {
    id: "max-pooling2d/unknown-height-valid",
    layers: [{ type: "MaxPooling2D", config: { poolSize: [2, 1] } }],
    inputs: [{ shape: [1, 7, 4, 2], symbolic: [null, null, 4, 2] }],
  },
  {
    id: "max-pooling2d/int-input",
    layers: [{ type: "MaxPooling2D" }],
    inputs: [{ shape: [1, 4, 6, 2], dtype: "int32", low: -9, high: 9 }],
  },
  {
    id: "max-pooling2d/channels-first",
    layers: [{ type: "MaxPooling2D", config: { poolSize: [2, 3], dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 2, 4, 6] }],
  },
];
