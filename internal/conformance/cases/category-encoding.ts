import type { LayerCase } from "./case.ts";

export const categoryEncoding: readonly LayerCase[] = [
  {
    id: "category-encoding/multi-hot",
    layers: [{ type: "CategoryEncoding", config: { numTokens: 5 } }],
    inputs: [{ shape: [3, 4], dtype: "int32", high: 5 }],
  },
  {
    id: "category-encoding/multi-hot-unknown-length",
    layers: [{ type: "CategoryEncoding", config: { numTokens: 6 } }],
    inputs: [{ shape: [2, 3], dtype: "int64", high: 6, symbolic: [null, null] }],
  },
  {
    id: "category-encoding/one-hot",
    layers: [{ type: "CategoryEncoding", config: { numTokens: 4, outputMode: "oneHot" } }],
    inputs: [{ shape: [2, 3], dtype: "int32", low: -1, high: 6 }],
  },
  {
    id: "category-encoding/one-hot-column",
    layers: [{ type: "CategoryEncoding", config: { numTokens: 4, outputMode: "oneHot" } }],
    inputs: [{ shape: [5, 1], dtype: "uint8", high: 4 }],
  },
  {
    id: "category-encoding/one-hot-vector",
    layers: [{ type: "CategoryEncoding", config: { numTokens: 3, outputMode: "oneHot" } }],
    inputs: [{ shape: [5], dtype: "int32", high: 3 }],
  },
  {
    id: "category-encoding/one-hot-deep",
    layers: [{ type: "CategoryEncoding", config: { numTokens: 3, outputMode: "oneHot" } }],
    inputs: [{ shape: [2, 2, 2], dtype: "int32", high: 3 }],
  },
  {
    id: "category-encoding/count",
    layers: [{ type: "CategoryEncoding", config: { numTokens: 3, outputMode: "count" } }],
    inputs: [{ shape: [3, 5], dtype: "int32", high: 3 }],
  },
  {
    id: "category-encoding/count-vector",
    layers: [{ type: "CategoryEncoding", config: { numTokens: 3, outputMode: "count" } }],
    inputs: [{ shape: [6], dtype: "int32", high: 3 }],
  },
  {
    id: "category-encoding/count-weights",
    layers: [{ type: "CategoryEncoding", config: { numTokens: 3, outputMode: "count" }, args: { countWeights: 1 } }],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 3 }, { shape: [2, 5] }],
    gradients: "own",
  },
];
