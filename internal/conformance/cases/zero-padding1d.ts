import type { LayerCase } from "./case.ts";

export const zeroPadding1d: readonly LayerCase[] = [
  { id: "zero-padding1d/default", layers: [{ type: "ZeroPadding1D" }], inputs: [{ shape: [2, 3, 2] }] },
  {
    id: "zero-padding1d/asymmetric",
    layers: [{ type: "ZeroPadding1D", config: { padding: [0, 2] } }],
    inputs: [{ shape: [2, 3, 2] }],
  },
  {
    id: "zero-padding1d/unknown-length",
    layers: [{ type: "ZeroPadding1D", config: { padding: 2 } }],
    inputs: [{ shape: [2, 3, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "zero-padding1d/channels-first",
    layers: [{ type: "ZeroPadding1D", config: { padding: [2, 1], dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 2, 3] }],
  },
  {
    id: "zero-padding1d/int-input",
    layers: [{ type: "ZeroPadding1D" }],
    inputs: [{ shape: [1, 3, 2], dtype: "int32", low: -5, high: 5 }],
  },
  {
    id: "zero-padding1d/masked-input",
    layers: [{ type: "Embedding", config: { inputDim: 6, outputDim: 3, maskZero: true } }, { type: "ZeroPadding1D" }],
    inputs: [{ shape: [2, 3], dtype: "int32", high: 3 }],
  },
];
