import type { LayerCase } from "./case.ts";

export const maxPooling1d: readonly LayerCase[] = [
  { id: "max-pooling1d/default", layers: [{ type: "MaxPooling1D" }], inputs: [{ shape: [2, 6, 3] }] },
  {
    id: "max-pooling1d/same-odd",
    layers: [{ type: "MaxPooling1D", config: { poolSize: 3, strides: 2, padding: "same" } }],
    inputs: [{ shape: [2, 6, 2], low: -3, high: -1 }],
  },
  {
    id: "max-pooling1d/overlapping-ties",
    layers: [{ type: "MaxPooling1D", config: { poolSize: 3, strides: 1 } }],
    inputs: [{ shape: [2, 7, 2], levels: 3 }],
  },
  {
    id: "max-pooling1d/stride-above-pool",
    layers: [{ type: "MaxPooling1D", config: { poolSize: [2], strides: [3] } }],
    inputs: [{ shape: [1, 9, 2] }],
  },
  {
    id: "max-pooling1d/unknown-length",
    layers: [{ type: "MaxPooling1D", config: { poolSize: 2, padding: "same" } }],
    inputs: [{ shape: [2, 5, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "max-pooling1d/channels-first",
    layers: [{ type: "MaxPooling1D", config: { poolSize: 3, dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 2, 7] }],
  },
  {
    id: "max-pooling1d/int-input",
    layers: [{ type: "MaxPooling1D" }],
    inputs: [{ shape: [1, 5, 2], dtype: "int32", low: -9, high: 9 }],
  },
  {
    id: "max-pooling1d/masked-input",
    layers: [{ type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } }, { type: "MaxPooling1D" }],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 5 }],
  },
];
