import type { LayerCase } from "./case.ts";

export const normalization: readonly LayerCase[] = [
  { id: "normalization/weights", layers: [{ type: "Normalization" }], inputs: [{ shape: [3, 4] }] },
  {
    id: "normalization/weights-two-axes",
    layers: [{ type: "Normalization", config: { axis: [-1, 1] } }],
    inputs: [{ shape: [2, 3, 2, 4], symbolic: [null, 3, null, 4] }],
  },
  {
    id: "normalization/weights-inverted",
    layers: [{ type: "Normalization", config: { invert: true, axis: 1 } }],
    inputs: [{ shape: [2, 3, 2], low: -3, high: 3 }],
  },
  {
    id: "normalization/weights-no-axis",
    layers: [{ type: "Normalization", config: { axis: null } }],
    inputs: [{ shape: [2, 3, 2] }],
  },
  {
    id: "normalization/given-scalars",
    layers: [{ type: "Normalization", config: { mean: 3, variance: 2 } }],
    inputs: [{ shape: [2, 3], low: -5, high: 5 }],
  },
  {
    id: "normalization/given-per-channel",
    layers: [{ type: "Normalization", config: { mean: [1, -2, 0.5], variance: [0.25, 4, 9] } }],
    inputs: [{ shape: [2, 2, 3], dtype: "uint8", high: 200 }],
  },
  {
    id: "normalization/given-inverted",
    layers: [{ type: "Normalization", config: { axis: [1, 3], mean: [1, 2], variance: [3, 4], invert: true } }],
    inputs: [{ shape: [1, 3, 2, 2] }],
  },
  {
    id: "normalization/given-matrix",
    layers: [
      {
        type: "Normalization",
        config: {
          axis: [1, -1],
          mean: [
            [1, 2],
            [0, -1],
            [0.5, 0.1],
          ],
          variance: [
            [3, 4],
            [1, 5],
            [0.5, 0.3],
          ],
        },
      },
    ],
    inputs: [{ shape: [2, 3, 2, 2] }],
  },
  {
    id: "normalization/no-variance",
    layers: [{ type: "Normalization", config: { mean: [0.25, 1], variance: [0, 1e-20] } }],
    inputs: [{ shape: [2, 2] }],
  },
  {
    id: "normalization/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } },
      { type: "Normalization", config: { mean: 0.5, variance: 4 } },
    ],
    inputs: [{ shape: [2, 4], dtype: "int32", high: 3 }],
  },
];
