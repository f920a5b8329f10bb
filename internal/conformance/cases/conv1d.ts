import type { LayerCase } from "./case.ts";

export const conv1d: readonly LayerCase[] = [
  {
    id: "conv1d/valid",
    layers: [{ type: "Conv1D", config: { filters: 3, kernelSize: 3 } }],
    inputs: [{ shape: [2, 6, 2] }],
  },
  {
    id: "conv1d/same-even-kernel-strided",
    layers: [{ type: "Conv1D", config: { filters: 2, kernelSize: 4, strides: 3, padding: "same", useBias: false } }],
    inputs: [{ shape: [2, 8, 3] }],
  },
  {
    id: "conv1d/same-dilated",
    layers: [
      { type: "Conv1D", config: { filters: 2, kernelSize: 3, dilationRate: 3, padding: "same", activation: "tanh" } },
    ],
    inputs: [{ shape: [1, 7, 2] }],
  },
  {
    id: "conv1d/causal",
    layers: [{ type: "Conv1D", config: { filters: 3, kernelSize: 3, padding: "causal" } }],
    inputs: [{ shape: [2, 5, 2] }],
  },
  {
    id: "conv1d/causal-dilated",
    layers: [{ type: "Conv1D", config: { filters: 2, kernelSize: [2], dilationRate: [3], padding: "causal" } }],
    inputs: [{ shape: [1, 6, 2] }],
  },
  {
    id: "conv1d/causal-strided",
    layers: [{ type: "Conv1D", config: { filters: 2, kernelSize: 3, strides: 2, padding: "causal", useBias: false } }],
    inputs: [{ shape: [2, 6, 1] }],
  },
  {
    id: "conv1d/groups",
    layers: [{ type: "Conv1D", config: { filters: 4, kernelSize: 2, groups: 2, strides: 2 } }],
    inputs: [{ shape: [2, 5, 4] }],
    compiled: true,
  },
  {
    id: "conv1d/one-step",
    layers: [{ type: "Conv1D", config: { filters: 2, kernelSize: 3, padding: "same" } }],
    inputs: [{ shape: [3, 1, 2] }],
  },
  {
    id: "conv1d/unknown-length-causal",
    layers: [{ type: "Conv1D", config: { filters: 2, kernelSize: 2, padding: "causal", dilationRate: 2 } }],
    inputs: [{ shape: [2, 5, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "conv1d/unknown-length-same-dilated",
    layers: [{ type: "Conv1D", config: { filters: 2, kernelSize: 2, padding: "same", dilationRate: 3 } }],
    inputs: [{ shape: [2, 6, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "conv1d/unknown-length-same-strided",
    layers: [{ type: "Conv1D", config: { filters: 2, kernelSize: 3, padding: "same", strides: 2 } }],
    inputs: [{ shape: [2, 6, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "conv1d/channels-first",
    layers: [{ type: "Conv1D", config: { filters: 2, kernelSize: 3, padding: "causal", dataFormat: "channelsFirst" } }],
    inputs: [{ shape: [2, 3, 5] }],
    compiled: true,
  },
  {
    id: "conv1d/masked-input",
    layers: [
      { type: "Embedding", config: { inputDim: 5, outputDim: 3, maskZero: true } },
      { type: "Conv1D", config: { filters: 2, kernelSize: 2 } },
    ],
    inputs: [{ shape: [2, 5], dtype: "int32", high: 5 }],
  },
];
