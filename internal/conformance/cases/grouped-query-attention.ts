import type { InputSpec, LayerCase, LayerSpec } from "./case.ts";

const query: InputSpec = { shape: [2, 3, 4] };
const value: InputSpec = { shape: [2, 5, 4] };
const tokens: InputSpec = { shape: [2, 4], dtype: "int32", high: 3, symbolic: [null, null] };
const embedding: LayerSpec = { type: "Embedding", config: { inputDim: 3, outputDim: 4, maskZero: true } };
const grouped = { headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2 };

export const groupQueryAttention: readonly LayerCase[] = [
  {
    id: "grouped-query-attention/self",
    layers: [{ type: "GroupedQueryAttention", config: grouped }],
    inputs: [{ shape: [2, 3, 4], symbolic: [null, null, 4] }],
  },
  {
    id: "grouped-query-attention/cross-one-shared",
    layers: [{ type: "GroupedQueryAttention", config: { ...grouped, numKeyValueHeads: 1 } }],
    inputs: [query, value],
  },
  {
    id: "grouped-query-attention/key-no-bias",
    layers: [{ type: "GroupedQueryAttention", config: { ...grouped, useBias: false } }],
    inputs: [query, value, { shape: [2, 5, 3] }],
  },
  {
    id: "grouped-query-attention/causal",
    layers: [{ type: "GroupedQueryAttention", config: grouped, args: { useCausalMask: true } }],
    inputs: [query],
  },
  {
    id: "grouped-query-attention/scores",
    layers: [
      {
        type: "GroupedQueryAttention",
        config: { headDim: 2, numQueryHeads: 3, numKeyValueHeads: 3 },
        args: { returnAttentionScores: true, useCausalMask: true },
      },
    ],
    inputs: [query, value],
  },
  {
    id: "grouped-query-attention/attention-mask",
    layers: [{ type: "GroupedQueryAttention", config: grouped, args: { attentionMask: 2 } }],
    inputs: [query, value, { shape: [2, 3, 5], dtype: "bool" }],
  },
  {
    id: "grouped-query-attention/masked",
    layers: [embedding, { type: "GroupedQueryAttention", config: grouped, args: { useCausalMask: true } }],
    inputs: [tokens],
  },
  {
    id: "grouped-query-attention/masked-scores",
    layers: [embedding, { type: "GroupedQueryAttention", config: grouped, args: { returnAttentionScores: true } }],
    inputs: [tokens],
  },
  {
    id: "grouped-query-attention/sliding-window-gate",
    layers: [{ type: "GroupedQueryAttention", config: { ...grouped, slidingWindow: 1, useGate: true } }],
    inputs: [query],
  },
  {
    id: "grouped-query-attention/regularized",
    layers: [
      {
        type: "GroupedQueryAttention",
        config: {
          headDim: 1,
          numQueryHeads: 2,
          numKeyValueHeads: 1,
          kernelRegularizer: "l1",
          activityRegularizer: "l2",
        },
      },
    ],
    inputs: [query],
  },
  {
    id: "grouped-query-attention/dropout",
    layers: [{ type: "GroupedQueryAttention", config: { ...grouped, dropout: 0.4, seed: 5 } }],
    inputs: [query, value],
    random: true,
  },
];
