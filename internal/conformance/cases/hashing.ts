import type { LayerCase } from "./case.ts";

export const hashing: readonly LayerCase[] = [
  {
    id: "hashing/int",
    layers: [{ type: "Hashing", config: { numBins: 7 } }],
    inputs: [{ shape: [3, 8], dtype: "int32", low: -99999, high: 99999 }],
  },
  {
    id: "hashing/short-and-long",
    layers: [{ type: "Hashing", config: { numBins: 1000 } }],
    inputs: [{ shape: [40], dtype: "int64", low: -120, high: 120, symbolic: [null] }],
  },
  {
    id: "hashing/salt",
    layers: [{ type: "Hashing", config: { numBins: 50, salt: 137 } }],
    inputs: [{ shape: [5, 5], dtype: "int64", low: -1000000000, high: 1000000000 }],
  },
  {
    id: "hashing/two-salts-mask",
    layers: [{ type: "Hashing", config: { numBins: 4, salt: [137, -5], maskValue: 3 } }],
    inputs: [{ shape: [5, 5], dtype: "uint8", high: 9, symbolic: [null, null] }],
  },
  {
    id: "hashing/mask",
    layers: [{ type: "Hashing", config: { numBins: 3, maskValue: 0 } }],
    inputs: [{ shape: [4, 3], dtype: "int32", low: -2, high: 3 }],
  },
  {
    id: "hashing/floats",
    layers: [{ type: "Hashing", config: { numBins: 9 } }],
    inputs: [{ shape: [4, 3], low: -20, high: 20 }],
  },
  {
    id: "hashing/one-hot-column",
    layers: [{ type: "Hashing", config: { numBins: 4, outputMode: "oneHot" } }],
    inputs: [{ shape: [6, 1], dtype: "int32", high: 100 }],
  },
  {
    id: "hashing/multi-hot-dense",
    layers: [
      { type: "Hashing", config: { numBins: 5, outputMode: "multiHot" } },
      { type: "Dense", config: { units: 2 } },
    ],
    inputs: [{ shape: [3, 2], dtype: "int32", high: 100 }],
  },
  {
    id: "hashing/count-one-bin",
    layers: [{ type: "Hashing", config: { numBins: 1, outputMode: "count", maskValue: 3 } }],
    inputs: [{ shape: [3, 4], dtype: "int32", high: 10 }],
  },
];
