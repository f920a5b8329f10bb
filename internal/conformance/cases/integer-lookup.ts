import type { LayerCase } from "./case.ts";

const vocabulary = [7, 2, 5, 11, 3];
const asFloats = { type: "Rescaling", config: { scale: 1 } } as const;

export const integerLookup: readonly LayerCase[] = [
  {
    id: "integer-lookup/int",
    layers: [{ type: "IntegerLookup", config: { vocabulary } }],
    inputs: [{ shape: [3, 8], dtype: "int32", high: 12 }],
  },
  {
    id: "integer-lookup/int64-unknown-length",
    layers: [{ type: "IntegerLookup", config: { vocabulary: [-1, 0, 2 ** 40, 9, 4], oovToken: -1 } }],
    inputs: [{ shape: [2, 9], dtype: "int64", low: -2, high: 10, symbolic: [null, null] }],
  },
  {
    id: "integer-lookup/mask",
    layers: [{ type: "IntegerLookup", config: { vocabulary, maskToken: 0 } }],
    inputs: [{ shape: [3, 8], dtype: "int32", high: 8 }],
  },
  {
    id: "integer-lookup/special-tokens-given",
    layers: [{ type: "IntegerLookup", config: { vocabulary: [0, -1, 4, 2], maskToken: 0 } }],
    inputs: [{ shape: [3, 4], dtype: "int32", high: 5 }],
  },
  {
    id: "integer-lookup/several-unknown",
    layers: [{ type: "IntegerLookup", config: { vocabulary: [4, 1], numOovIndices: 3, maskToken: 2 } }],
    inputs: [{ shape: [4, 6], dtype: "int32", low: -7, high: 8 }],
  },
  {
    id: "integer-lookup/none-unknown",
    layers: [{ type: "IntegerLookup", config: { vocabulary: [3, 0, 2, 1], numOovIndices: 0 } }],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 4 }],
  },
  {
    id: "integer-lookup/one-token",
    layers: [{ type: "IntegerLookup", config: { vocabulary: [1] } }],
    inputs: [{ shape: [2, 3], dtype: "uint8", high: 3 }],
  },
  {
    id: "integer-lookup/inverse",
    layers: [{ type: "IntegerLookup", config: { vocabulary, invert: true } }],
    inputs: [{ shape: [3, 5], dtype: "int32", low: -1, high: 8 }],
  },
  {
    id: "integer-lookup/inverse-mask",
    layers: [
      {
        type: "IntegerLookup",
        config: { vocabulary, invert: true, maskToken: 99, oovToken: -5, numOovIndices: 2 },
      },
    ],
    inputs: [{ shape: [3, 8], dtype: "int64", low: -2, high: 12 }],
  },
  {
    id: "integer-lookup/one-hot",
    layers: [{ type: "IntegerLookup", config: { vocabulary, outputMode: "oneHot", maskToken: 0 } }, asFloats],
    inputs: [{ shape: [6, 1], dtype: "int32", high: 12 }],
  },
  {
    id: "integer-lookup/multi-hot",
    layers: [{ type: "IntegerLookup", config: { vocabulary, outputMode: "multiHot", numOovIndices: 2 } }, asFloats],
    inputs: [{ shape: [3, 4], dtype: "int32", high: 12 }],
  },
  {
    id: "integer-lookup/count-padded",
    layers: [
      {
        type: "IntegerLookup",
        config: { vocabulary, outputMode: "count", maxTokens: 8, padToMaxTokens: true, maskToken: 4 },
      },
      asFloats,
    ],
    inputs: [{ shape: [3, 6], dtype: "int32", high: 6 }],
  },
  {
    id: "integer-lookup/tf-idf",
    layers: [
      { type: "IntegerLookup", config: { vocabulary, outputMode: "tfIdf", idfWeights: [0.25, 0.75, 0.6, 0.4, 1.5] } },
    ],
    inputs: [{ shape: [3, 7], dtype: "int32", high: 12 }],
  },
  {
    id: "integer-lookup/tf-idf-padded",
    layers: [
      {
        type: "IntegerLookup",
        config: {
          vocabulary: [-1, 3, 5],
          outputMode: "tfIdf",
          idfWeights: [0.9, 0.25, 0.75],
          maxTokens: 5,
          padToMaxTokens: true,
        },
      },
    ],
    inputs: [{ shape: [2, 7], dtype: "int32", high: 6 }],
  },
  {
    id: "integer-lookup/hashed-unknown",
    layers: [
      { type: "IntegerLookup", config: { vocabulary: [4, 1], numOovIndices: 3, maskToken: 2, oovMethod: "farmhash" } },
    ],
    inputs: [{ shape: [4, 6], dtype: "int32", low: -70, high: 80 }],
  },
  {
    id: "integer-lookup/salted-unknown",
    layers: [
      { type: "IntegerLookup", config: { vocabulary: [4, 1], numOovIndices: 4, oovMethod: "farmhash", salt: [3, 99] } },
    ],
    inputs: [{ shape: [4, 6], dtype: "int64", low: -70, high: 80, symbolic: [null, null] }],
  },
];
