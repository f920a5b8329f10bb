import type { LayerCase } from "./case.ts";

export const layerNormalization: readonly LayerCase[] = [
  { id: "layer-normalization/vector", layers: [{ type: "LayerNormalization" }], inputs: [{ shape: [3, 5] }] },
  {
    id: "layer-normalization/unknown-time",
    layers: [{ type: "LayerNormalization", config: { epsilon: 0.1 } }],
    inputs: [{ shape: [2, 3, 4], symbolic: [null, null, 4] }],
  },
  {
    id: "layer-normalization/axes",
    layers: [{ type: "LayerNormalization", config: { axis: [3, 1] } }],
    inputs: [{ shape: [2, 3, 2, 4], low: 1, high: 3 }],
  },
  {
    id: "layer-normalization/axes-both-ways",
    layers: [{ type: "LayerNormalization", config: { axis: [1, -1] } }],
    inputs: [{ shape: [2, 3, 2, 4] }],
  },
  {
    id: "layer-normalization/middle-axis",
    layers: [{ type: "LayerNormalization", config: { axis: 1 } }],
    inputs: [{ shape: [2, 4, 3], symbolic: [null, 4, null] }],
  },
  {
    id: "layer-normalization/no-center",
    layers: [
      {
        type: "LayerNormalization",
        config: { center: false, gammaRegularizer: "l2", gammaConstraint: "nonNeg" },
      },
    ],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "layer-normalization/no-scale",
    layers: [{ type: "LayerNormalization", config: { scale: false, betaRegularizer: "l1" } }],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "layer-normalization/bare",
    layers: [{ type: "LayerNormalization", config: { scale: false, center: false, epsilon: 1e-6 } }],
    inputs: [{ shape: [3, 4] }],
  },
  {
    id: "layer-normalization/rms-scaling",
    layers: [{ type: "LayerNormalization", config: { rmsScaling: true, scale: false, axis: [1, 2] } }],
    inputs: [{ shape: [2, 3, 2], low: 0, high: 2 }],
  },
  {
    id: "layer-normalization/one-feature",
    layers: [{ type: "LayerNormalization" }],
    inputs: [{ shape: [3, 1] }],
  },
  {
    id: "layer-normalization/int-input",
    layers: [{ type: "LayerNormalization" }],
    inputs: [{ shape: [3, 5], dtype: "int32", low: -20, high: 20 }],
  },
  {
    id: "layer-normalization/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 4, outputDim: 3, maskZero: true } },
      { type: "LayerNormalization" },
    ],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 4 }],
  },
];
