import type { LayerCase } from "./case.ts";

export const conv1dTranspose: readonly LayerCase[] = [
  {
    id: "conv1d-transpose/valid",
    layers: [{ type: "Conv1DTranspose", config: { filters: 3, kernelSize: 3 } }],
    inputs: [{ shape: [2, 5, 2] }],
  },
  {
    id: "conv1d-transpose/valid-strided",
    layers: [{ type: "Conv1DTranspose", config: { filters: 2, kernelSize: 3, strides: 2 } }],
    inputs: [{ shape: [2, 4, 3] }],
  },
  {
    id: "conv1d-transpose/stride-above-kernel",
    layers: [{ type: "Conv1DTranspose", config: { filters: 2, kernelSize: 2, strides: 3, useBias: false } }],
    inputs: [{ shape: [1, 4, 2] }],
  },
  {
    id: "conv1d-transpose/same-strided",
    layers: [
      {
        type: "Conv1DTranspose",
        config: { filters: 2, kernelSize: 3, strides: 2, padding: "same", activation: "relu" },
      },
    ],
    inputs: [{ shape: [2, 4, 2] }],
  },
  {
    id: "conv1d-transpose/same-even-kernel-output-padding",
    layers: [
      { type: "Conv1DTranspose", config: { filters: 2, kernelSize: 4, strides: 3, padding: "same", outputPadding: 2 } },
    ],
    inputs: [{ shape: [2, 4, 2] }],
  },
  {
    id: "conv1d-transpose/same-output-padding-zero",
    layers: [
      { type: "Conv1DTranspose", config: { filters: 2, kernelSize: 3, strides: 2, padding: "same", outputPadding: 0 } },
    ],
    inputs: [{ shape: [2, 4, 2] }],
  },
  {
    id: "conv1d-transpose/valid-output-padding",
    layers: [{ type: "Conv1DTranspose", config: { filters: 2, kernelSize: 2, strides: 3, outputPadding: [1] } }],
    inputs: [{ shape: [2, 4, 2] }],
  },
  {
    id: "conv1d-transpose/same-dilated",
    layers: [{ type: "Conv1DTranspose", config: { filters: 2, kernelSize: 3, dilationRate: 2, padding: "same" } }],
    inputs: [{ shape: [2, 6, 2] }],
    compiled: true,
  },
  {
    id: "conv1d-transpose/same-dilated-even",
    layers: [{ type: "Conv1DTranspose", config: { filters: 2, kernelSize: 2, dilationRate: 3, padding: "same" } }],
    inputs: [{ shape: [1, 6, 2] }],
    compiled: true,
  },
  {
    id: "conv1d-transpose/one-step",
    layers: [{ type: "Conv1DTranspose", config: { filters: 2, kernelSize: 3, strides: 2, padding: "same" } }],
    inputs: [{ shape: [2, 1, 3] }],
  },
  {
    id: "conv1d-transpose/unknown-length-same",
    layers: [{ type: "Conv1DTranspose", config: { filters: 2, kernelSize: 3, strides: 2, padding: "same" } }],
    inputs: [{ shape: [2, 5, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "conv1d-transpose/unknown-length-valid",
    layers: [{ type: "Conv1DTranspose", config: { filters: 2, kernelSize: 2, strides: 3 } }],
    inputs: [{ shape: [2, 3, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "conv1d-transpose/channels-first",
    layers: [
      {
        type: "Conv1DTranspose",
        config: { filters: 2, kernelSize: 3, strides: 2, padding: "same", dataFormat: "channelsFirst" },
      },
    ],
    inputs: [{ shape: [2, 3, 4] }],
    compiled: true,
  },
];
