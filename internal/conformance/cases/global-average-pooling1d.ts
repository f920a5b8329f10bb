import type { LayerCase } from "./case.ts";

export const globalAveragePooling1d: readonly LayerCase[] = [
  {
    id: "global-average-pooling1d/default",
    layers: [{ type: "GlobalAveragePooling1D" }],
    inputs: [{ shape: [2, 5, 3] }],
  },
  {
    id: "global-average-pooling1d/keepdims",
    layers: [{ type: "GlobalAveragePooling1D", config: { keepdims: true } }],
    inputs: [{ shape: [2, 4, 2] }],
  },
  {
    id: "global-average-pooling1d/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 6, outputDim: 3, maskZero: true } },
      { type: "GlobalAveragePooling1D" },
    ],
    inputs: [{ shape: [3, 5], dtype: "int32", high: 3 }],
  },
  {
    id: "global-average-pooling1d/masked-keepdims",
    layers: [
      { type: "Embedding", config: { inputDim: 6, outputDim: 3, maskZero: true } },
      { type: "GlobalAveragePooling1D", config: { keepdims: true } },
    ],
    inputs: [{ shape: [3, 4], dtype: "int32", high: 3 }],
  },
  {
    id: "global-average-pooling1d/mask-argument-channels-first",
    layers: [{ type: "GlobalAveragePooling1D", config: { dataFormat: "channelsFirst" }, args: { mask: 1 } }],
    inputs: [{ shape: [2, 3, 5] }, { shape: [2, 5], dtype: "bool" }],
  },
  {
    id: "global-average-pooling1d/mask-argument-keepdims-channels-first",
    layers: [
      { type: "GlobalAveragePooling1D", config: { dataFormat: "channelsFirst", keepdims: true }, args: { mask: 1 } },
    ],
    inputs: [{ shape: [2, 3, 4] }, { shape: [2, 4], dtype: "bool" }],
  },
  {
    id: "global-average-pooling1d/unknown-length",
    layers: [{ type: "GlobalAveragePooling1D" }],
    inputs: [{ shape: [2, 5, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "global-average-pooling1d/channels-first",
    layers: [{ type: "GlobalAveragePooling1D", config: { dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 3, 4] }],
  },
  {
    id: "global-average-pooling1d/int-input",
    layers: [{ type: "GlobalAveragePooling1D" }],
    inputs: [{ shape: [2, 3, 2], dtype: "int32", high: 9 }],
  },
];
