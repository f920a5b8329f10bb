import type { LayerCase } from "./case.ts";

export const concatenate: readonly LayerCase[] = [
  { id: "concatenate/default", layers: [{ type: "Concatenate" }], inputs: [{ shape: [2, 3] }, { shape: [2, 2] }] },
  {
    id: "concatenate/three-axis-1",
    layers: [{ type: "Concatenate", config: { axis: 1 } }],
    inputs: [{ shape: [2, 1, 3] }, { shape: [2, 4, 3] }, { shape: [2, 2, 3] }],
  },
  {
    id: "concatenate/channels",
    layers: [{ type: "Concatenate", config: { axis: -1 } }],
    inputs: [{ shape: [2, 2, 3, 1] }, { shape: [2, 2, 3, 4] }],
  },
  {
    id: "concatenate/axis-minus-2",
    layers: [{ type: "Concatenate", config: { axis: -2 } }],
    inputs: [{ shape: [2, 3, 2, 2] }, { shape: [2, 3, 1, 2] }],
  },
  {
    id: "concatenate/unknown-size",
    layers: [{ type: "Concatenate", config: { axis: 1 } }],
    inputs: [
      { shape: [2, 3, 2], symbolic: [null, null, 2] },
      { shape: [2, 4, 2], symbolic: [null, null, 2] },
    ],
  },
  {
    id: "concatenate/int-inputs",
    layers: [{ type: "Concatenate" }],
    inputs: [
      { shape: [2, 2], dtype: "int32", high: 9 },
      { shape: [2, 3], dtype: "int32", low: -9, high: 9 },
    ],
  },
  {
    id: "concatenate/int-and-float",
    layers: [{ type: "Concatenate" }],
    inputs: [{ shape: [2, 2], dtype: "int32", high: 9 }, { shape: [2, 3] }],
  },
  {
    id: "concatenate/states",
    layers: [
      { type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } },
      { type: "LSTM", config: { units: 2, returnState: true } },
      { type: "Concatenate" },
    ],
    inputs: [{ shape: [2, 4], dtype: "int32", high: 3 }],
  },
  {
    id: "concatenate/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } },
      {
        type: "Bidirectional",
        config: { layer: { type: "LSTM", config: { units: 2, returnSequences: true } }, mergeMode: null },
      },
      { type: "Concatenate" },
    ],
    inputs: [{ shape: [3, 4], dtype: "int32", high: 3 }],
  },
  {
    id: "concatenate/masked-axis-1",
    layers: [
      { type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } },
      {
        type: "Bidirectional",
        config: { layer: { type: "LSTM", config: { units: 2, returnSequences: true } }, mergeMode: null },
      },
      { type: "Concatenate", config: { axis: 1 } },
    ],
    inputs: [{ shape: [3, 4], dtype: "int32", high: 3 }],
  },
];
