import type { LayerCase } from "./case.ts";

export const globalMaxPooling2d: readonly LayerCase[] = [
  { id: "global-max-pooling2d/default", layers: [{ type: "GlobalMaxPooling2D" }], inputs: [{ shape: [2, 3, 4, 3] }] },
  {
    id: "global-max-pooling2d/keepdims-ties",
    layers: [{ type: "GlobalMaxPooling2D", config: { keepdims: true } }],
    inputs: [{ shape: [2, 3, 3, 2], levels: 3 }],
  },
  {
    id: "global-max-pooling2d/channels-first",
    layers: [{ type: "GlobalMaxPooling2D", config: { dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 3, 4, 2] }],
  },
  {
    id: "global-max-pooling2d/unknown-size",
    layers: [{ type: "GlobalMaxPooling2D" }],
    inputs: [{ shape: [1, 3, 4, 2], symbolic: [null, null, null, 2] }],
  },
];
