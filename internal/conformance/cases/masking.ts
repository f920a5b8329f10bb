import type { LayerCase } from "./case.ts";

export const masking: readonly LayerCase[] = [
  {
    id: "masking/default",
    layers: [{ type: "Masking" }],
    inputs: [{ shape: [3, 6, 2], low: -1, high: 2, levels: 3 }],
  },
  {
    id: "masking/value",
    layers: [{ type: "Masking", config: { maskValue: -1 } }],
    inputs: [{ shape: [2, 5, 1], levels: 2, symbolic: [null, null, 1] }],
  },
  {
    id: "masking/rank-4",
    layers: [{ type: "Masking" }],
    inputs: [{ shape: [2, 3, 4, 2], low: 0, high: 2, levels: 2 }],
  },
  {
    id: "masking/integers",
    layers: [{ type: "Masking", config: { maskValue: 1 } }],
    inputs: [{ shape: [2, 6, 1], dtype: "int32", high: 3 }],
  },
  {
    id: "masking/before-lstm",
    layers: [{ type: "Masking" }, { type: "LSTM", config: { units: 3, returnSequences: true, returnState: true } }],
    inputs: [{ shape: [3, 6, 2], low: -1, high: 1, levels: 2, symbolic: [null, null, 2] }],
  },
  {
    id: "masking/over-a-mask",
    layers: [
      { type: "Embedding", config: { inputDim: 4, outputDim: 2, maskZero: true } },
      { type: "Masking" },
      { type: "GRU", config: { units: 2, returnSequences: true } },
    ],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 3 }],
  },
];
