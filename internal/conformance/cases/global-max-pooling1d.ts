import type { LayerCase } from "./case.ts";

export const globalMaxPooling1d: readonly LayerCase[] = [
  { id: "global-max-pooling1d/default", layers: [{ type: "GlobalMaxPooling1D" }], inputs: [{ shape: [2, 5, 3] }] },
  {
    id: "global-max-pooling1d/keepdims-ties",
    layers: [{ type: "GlobalMaxPooling1D", config: { keepdims: true } }],
    inputs: [{ shape: [2, 6, 2], levels: 3 }],
  },
  {
    id: "global-max-pooling1d/channels-first",
    layers: [{ type: "GlobalMaxPooling1D", config: { dataFormat: "channelsFirst", keepdims: true } }],
    inputs: [{ shape: [2, 3, 4] }],
  },
  {
    id: "global-max-pooling1d/masked-input",
    layers: [
      { type: "Embedding", config: { inputDim: 6, outputDim: 3, maskZero: true } },
      { type: "GlobalMaxPooling1D" },
    ],
    inputs: [{ shape: [2, 4], dtype: "int32", high: 3 }],
  },
  {
    id: "global-max-pooling1d/unknown-length",
    layers: [{ type: "GlobalMaxPooling1D" }],
    inputs: [{ shape: [2, 5, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "global-max-pooling1d/int-input",
    layers: [{ type: "GlobalMaxPooling1D" }],
    inputs: [{ shape: [2, 3, 2], dtype: "int32", low: -9, high: 9 }],
  },
];
