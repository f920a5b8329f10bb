import type { LayerCase } from "./case.ts";

export const globalAveragePooling2d: readonly LayerCase[] = [
  {
    id: "global-average-pooling2d/default",
    layers: [{ type: "GlobalAveragePooling2D" }],
    inputs: [{ shape: [2, 5, 4, 3] }],
  },
  {
    id: "global-average-pooling2d/keepdims",
    layers: [{ type: "GlobalAveragePooling2D", config: { keepdims: true } }],
    inputs: [{ shape: [1, 3, 6, 2] }],
  },
  {
    id: "global-average-pooling2d/channels-first",
    layers: [{ type: "GlobalAveragePooling2D", config: { dataFormat: "channelsFirst", keepdims: true } }],
    inputs: [{ shape: [2, 3, 4, 5] }],
  },
  {
    id: "global-average-pooling2d/unknown-size",
    layers: [{ type: "GlobalAveragePooling2D" }],
    inputs: [{ shape: [2, 3, 5, 2], symbolic: [null, null, null, 2] }],
  },
  {
    id: "global-average-pooling2d/one-pixel",
    layers: [{ type: "GlobalAveragePooling2D" }],
    inputs: [{ shape: [3, 1, 1, 1] }],
  },
  {
    id: "global-average-pooling2d/int-input",
    layers: [{ type: "GlobalAveragePooling2D" }],
    inputs: [{ shape: [2, 3, 3, 2], dtype: "int32", high: 9 }],
  },
];
