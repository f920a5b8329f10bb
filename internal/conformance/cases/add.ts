import type { LayerCase } from "./case.ts";

export const add: readonly LayerCase[] = [
  { id: "add/two", layers: [{ type: "Add" }], inputs: [{ shape: [2, 3] }, { shape: [2, 3] }] },
  {
    id: "add/three",
    layers: [{ type: "Add" }],
    inputs: [{ shape: [2, 3, 2] }, { shape: [2, 3, 2] }, { shape: [2, 3, 2] }],
  },
  { id: "add/broadcast-ones", layers: [{ type: "Add" }], inputs: [{ shape: [2, 3, 1] }, { shape: [2, 1, 4] }] },
  { id: "add/broadcast-ranks", layers: [{ type: "Add" }], inputs: [{ shape: [2, 3, 4] }, { shape: [2, 4] }] },
  {
    id: "add/broadcast-ranks-4",
    layers: [{ type: "Add" }],
    inputs: [{ shape: [2, 3] }, { shape: [2, 4, 1, 3] }, { shape: [2, 5, 3] }],
  },
  {
    id: "add/unknown-size",
    layers: [{ type: "Add" }],
    inputs: [
      { shape: [2, 3, 2], symbolic: [null, null, 2] },
      { shape: [2, 3, 2], symbolic: [null, 3, 2] },
    ],
  },
  {
    id: "add/unknown-size-broadcast",
    layers: [{ type: "Add" }],
    inputs: [
      { shape: [2, 3, 2], symbolic: [null, null, 2] },
      { shape: [2, 1, 2], symbolic: [null, 1, 2] },
    ],
  },
  {
    id: "add/int-inputs",
    layers: [{ type: "Add" }],
    inputs: [
      { shape: [2, 4], dtype: "int32", low: -9, high: 9 },
      { shape: [2, 4], dtype: "int32", high: 9 },
    ],
  },
  {
    id: "add/int-and-float",
    layers: [{ type: "Add" }],
    inputs: [{ shape: [2, 4], dtype: "int32", low: -9, high: 9 }, { shape: [2, 4] }],
  },
  {
    id: "add/partly-masked",
    layers: [
      { type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } },
      { type: "LSTM", config: { units: 2, returnSequences: true, returnState: true } },
      { type: "Add" },
    ],
    inputs: [{ shape: [2, 4], dtype: "int32", high: 3 }],
  },
  {
    id: "add/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } },
      {
        type: "Bidirectional",
        config: { layer: { type: "LSTM", config: { units: 2, returnSequences: true } }, mergeMode: null },
      },
      { type: "Add" },
    ],
    inputs: [{ shape: [3, 4], dtype: "int32", high: 3 }],
  },
];
