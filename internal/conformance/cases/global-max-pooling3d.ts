import type { LayerCase } from "./case.ts";

export const globalMaxPooling3d: readonly LayerCase[] = [
  {
    id: "global-max-pooling3d/default",
    layers: [{ type: "GlobalMaxPooling3D" }],
    inputs: [{ shape: [2, 2, 3, 2, 2] }],
  },
  {
    id: "global-max-pooling3d/keepdims-ties",
    layers: [{ type: "GlobalMaxPooling3D", config: { keepdims: true } }],
    inputs: [{ shape: [1, 2, 2, 3, 2], levels: 3 }],
  },
  {
    id: "global-max-pooling3d/channels-first",
    layers: [{ type: "GlobalMaxPooling3D", config: { dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 3, 2, 1, 2] }],
  },
  {
    id: "global-max-pooling3d/unknown-size",
    layers: [{ type: "GlobalMaxPooling3D" }],
    inputs: [{ shape: [1, 2, 3, 2, 2], symbolic: [null, null, null, null, 2] }],
  },
];
