import type { LayerCase } from "./case.ts";

export const multiply: readonly LayerCase[] = [
  { id: "multiply/two", layers: [{ type: "Multiply" }], inputs: [{ shape: [2, 3] }, { shape: [2, 3] }] },
  {
    id: "multiply/three",
    layers: [{ type: "Multiply" }],
    inputs: [{ shape: [2, 3, 2] }, { shape: [2, 3, 2] }, { shape: [2, 3, 2] }],
  },
  {
    id: "multiply/broadcast-ones",
    layers: [{ type: "Multiply" }],
    inputs: [{ shape: [2, 3, 1] }, { shape: [2, 1, 4] }],
  },
  { id: "multiply/broadcast-ranks", layers: [{ type: "Multiply" }], inputs: [{ shape: [2, 3, 4] }, { shape: [2, 4] }] },
  {
    id: "multiply/broadcast-ranks-4",
    layers: [{ type: "Multiply" }],
    inputs: [{ shape: [2, 3] }, { shape: [2, 4, 1, 3] }, { shape: [2, 5, 3] }],
  },
  {
    id: "multiply/unknown-size",
    layers: [{ type: "Multiply" }],
    inputs: [
      { shape: [2, 3, 2], symbolic: [null, null, 2] },
      { shape: [2, 3, 2], symbolic: [null, 3, 2] },
    ],
  },
  {
    id: "multiply/unknown-size-broadcast",
    layers: [{ type: "Multiply" }],
    inputs: [
      { shape: [2, 3, 2], symbolic: [null, null, 2] },
      { shape: [2, 1, 2], symbolic: [null, 1, 2] },
    ],
  },
  {
    id: "multiply/int-inputs",
    layers: [{ type: "Multiply" }],
    inputs: [
      { shape: [2, 4], dtype: "int32", low: -9, high: 9 },
      { shape: [2, 4], dtype: "int32", high: 9 },
    ],
  },
  {
    id: "multiply/int-and-float",
    layers: [{ type: "Multiply" }],
    inputs: [{ shape: [2, 4], dtype: "int32", low: -9, high: 9 }, { shape: [2, 4] }],
  },
  {
    id: "multiply/partly-masked",
    layers: [
      { type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } },
      { type: "LSTM", config: { units: 2, returnSequences: true, returnState: true } },
      { type: "Multiply" },
    ],
    inputs: [{ shape: [2, 4], dtype: "int32", high: 3 }],
  },
  {
    id: "multiply/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } },
      {
        type: "Bidirectional",
        config: { layer: { type: "LSTM", config: { units: 2, returnSequences: true } }, mergeMode: null },
      },
      { type: "Multiply" },
    ],
    inputs: [{ shape: [3, 4], dtype: "int32", high: 3 }],
  },
];
