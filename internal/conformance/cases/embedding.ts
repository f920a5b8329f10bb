import type { LayerCase } from "./case.ts";

export const embedding: readonly LayerCase[] = [
  {
    id: "embedding/default",
    layers: [{ type: "Embedding", config: { inputDim: 7, outputDim: 3 } }],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 7 }],
  },
  {
    id: "embedding/mask-zero",
    layers: [{ type: "Embedding", config: { inputDim: 4, outputDim: 2, maskZero: true } }],
    inputs: [{ shape: [3, 6], dtype: "int32", high: 4, symbolic: [null, null] }],
  },
  {
    id: "embedding/rank-1",
    layers: [{ type: "Embedding", config: { inputDim: 5, outputDim: 4 } }],
    inputs: [{ shape: [6], dtype: "int32", high: 5 }],
  },
  {
    id: "embedding/rank-3",
    layers: [{ type: "Embedding", config: { inputDim: 5, outputDim: 2 } }],
    inputs: [{ shape: [2, 3, 2], dtype: "int32", high: 5 }],
  },
  {
    id: "embedding/one-row",
    layers: [{ type: "Embedding", config: { inputDim: 1, outputDim: 1 } }],
    inputs: [{ shape: [2, 3], dtype: "int32", high: 1 }],
  },
  {
    id: "embedding/repeated-regularized",
    layers: [{ type: "Embedding", config: { inputDim: 3, outputDim: 4, embeddingsRegularizer: "l2" } }],
    inputs: [{ shape: [4, 8], dtype: "int32", high: 2 }],
  },
  {
    id: "embedding/float-input",
    layers: [{ type: "Embedding", config: { inputDim: 6, outputDim: 2, maskZero: true } }],
    inputs: [{ shape: [2, 4], low: 0, high: 6 }],
  },
  {
    id: "embedding/uint8-input",
    layers: [{ type: "Embedding", config: { inputDim: 6, outputDim: 2 } }],
    inputs: [{ shape: [2, 4], dtype: "uint8", high: 6 }],
  },
  {
    id: "embedding/int64-input",
    layers: [{ type: "Embedding", config: { inputDim: 6, outputDim: 2, maskZero: true } }],
    inputs: [{ shape: [2, 4], dtype: "int64", high: 6 }],
  },
];
