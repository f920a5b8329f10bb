import type { LayerCase } from "./case.ts";

export const spectralNormalization: readonly LayerCase[] = [
  {
    id: "spectral-normalization/dense",
    layers: [{ type: "SpectralNormalization", config: { layer: { type: "Dense", config: { units: 4 } } } }],
    inputs: [{ shape: [3, 5] }],
  },
  {
    id: "spectral-normalization/conv2d-iterations",
    layers: [
      {
        type: "SpectralNormalization",
        config: {
          layer: { type: "Conv2D", config: { filters: 2, kernelSize: [2, 3], kernelRegularizer: "l2" } },
          powerIterations: 3,
        },
      },
    ],
    inputs: [{ shape: [2, 3, 4, 2], symbolic: [null, null, 4, 2] }],
  },
  {
    id: "spectral-normalization/embedding",
    layers: [
      {
        type: "SpectralNormalization",
        config: { layer: { type: "Embedding", config: { inputDim: 4, outputDim: 3, maskZero: true } } },
      },
    ],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 4 }],
  },
  {
    id: "spectral-normalization/sequence-named",
    layers: [
      {
        type: "SpectralNormalization",
        name: "spectral",
        config: {
          layer: { type: "Dense", name: "inner", config: { units: 2, useBias: false, activityRegularizer: "l2" } },
        },
      },
      { type: "Dense", config: { units: 2 } },
    ],
    inputs: [{ shape: [2, 3, 4] }],
  },
];
