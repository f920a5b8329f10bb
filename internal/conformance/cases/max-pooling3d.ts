import type { LayerCase } from "./case.ts";

export const maxPooling3d: readonly LayerCase[] = [
  { id: "max-pooling3d/default", layers: [{ type: "MaxPooling3D" }], inputs: [{ shape: [1, 4, 2, 4, 2] }] },
  {
    id: "max-pooling3d/same-overlapping",
    layers: [{ type: "MaxPooling3D", config: { poolSize: [3, 2, 2], strides: [2, 1, 2], padding: "same" } }],
    inputs: [{ shape: [2, 3, 3, 4, 2] }],
  },
  {
    id: "max-pooling3d/rest-dropped",
    layers: [{ type: "MaxPooling3D", config: { poolSize: [2, 3, 1] } }],
    inputs: [{ shape: [1, 5, 4, 2, 2] }],
  },
  {
    id: "max-pooling3d/two-samples-two-channels-ties",
    layers: [{ type: "MaxPooling3D", config: { poolSize: 2, strides: 1 } }],
    inputs: [{ shape: [2, 3, 3, 2, 2], levels: 2 }],
    compiled: true,
  },
  {
    id: "max-pooling3d/unknown-size",
    layers: [{ type: "MaxPooling3D", config: { poolSize: 2, padding: "same" } }],
    inputs: [{ shape: [1, 3, 2, 5, 1], symbolic: [null, null, null, null, 1] }],
  },
  {
    id: "max-pooling3d/channels-first",
    layers: [{ type: "MaxPooling3D", config: { poolSize: [1, 2, 2], dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [1, 2, 2, 4, 3] }],
  },
];
