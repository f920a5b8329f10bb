import type { LayerCase } from "./case.ts";

export const globalAveragePooling3d: readonly LayerCase[] = [
  {
    id: "global-average-pooling3d/default",
    layers: [{ type: "GlobalAveragePooling3D" }],
    inputs: [{ shape: [2, 2, 3, 2, 2] }],
  },
  {
    id: "global-average-pooling3d/keepdims",
    layers: [{ type: "GlobalAveragePooling3D", config: { keepdims: true } }],
    inputs: [{ shape: [1, 2, 1, 3, 2] }],
  },
  {
    id: "global-average-pooling3d/channels-first",
    layers: [{ type: "GlobalAveragePooling3D", config: { dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 3, 2, 1, 2] }],
  },
  {
    id: "global-average-pooling3d/unknown-size",
    layers: [{ type: "GlobalAveragePooling3D" }],
    inputs: [{ shape: [1, 2, 3, 2, 2], symbolic: [null, null, null, null, 2] }],
  },
];
