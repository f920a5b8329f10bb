import type { InputSpec, LayerCase, LayerSpec } from "./case.ts";

const query: InputSpec = { shape: [2, 3, 4] };
const value: InputSpec = { shape: [2, 4, 3] };
const tokens: InputSpec = { shape: [2, 4], dtype: "int32", high: 3, symbolic: [null, null] };
const embedding: LayerSpec = { type: "Embedding", config: { inputDim: 3, outputDim: 4, maskZero: true } };
const small = { numHeads: 2, keyDim: 3 };

export const multiHeadAttention: readonly LayerCase[] = [
  {
    id: "multi-head-attention/self",
    layers: [{ type: "MultiHeadAttention", config: small }],
    inputs: [{ shape: [2, 3, 4], symbolic: [null, null, 4] }],
  },
  {
    id: "multi-head-attention/cross",
    layers: [{ type: "MultiHeadAttention", config: small }],
    inputs: [query, value],
  },
  {
    id: "multi-head-attention/key",
    layers: [{ type: "MultiHeadAttention", config: { ...small, valueDim: 2 } }],
    inputs: [query, value, { shape: [2, 4, 5] }],
  },
  {
    id: "multi-head-attention/no-bias-output-shape",
    layers: [{ type: "MultiHeadAttention", config: { ...small, useBias: false, outputShape: 5 } }],
    inputs: [query, value],
  },
  {
    id: "multi-head-attention/output-shape-list",
    layers: [{ type: "MultiHeadAttention", config: { numHeads: 1, keyDim: 2, outputShape: [2, 3] } }],
    inputs: [query],
  },
  {
    id: "multi-head-attention/causal",
    layers: [{ type: "MultiHeadAttention", config: small, args: { useCausalMask: true } }],
    inputs: [query, value],
  },
  {
    id: "multi-head-attention/causal-scores",
    layers: [{ type: "MultiHeadAttention", config: small, args: { useCausalMask: true, returnAttentionScores: true } }],
    inputs: [{ shape: [2, 3, 4] }],
  },
  {
    id: "multi-head-attention/attention-mask",
    layers: [{ type: "MultiHeadAttention", config: small, args: { attentionMask: 2 } }],
    inputs: [query, value, { shape: [2, 3, 4], dtype: "bool" }],
  },
  {
    id: "multi-head-attention/attention-mask-of-heads",
    layers: [{ type: "MultiHeadAttention", config: small, args: { attentionMask: 2, useCausalMask: true } }],
    inputs: [query, value, { shape: [2, 2, 3, 4], dtype: "int32", high: 2 }],
  },
  {
    id: "multi-head-attention/mask-arguments",
    layers: [{ type: "MultiHeadAttention", config: small, args: { valueMask: 3, keyMask: 4 } }],
    inputs: [query, value, value, { shape: [2, 4], dtype: "bool" }, { shape: [2, 4], dtype: "bool" }],
  },
  {
    id: "multi-head-attention/masked",
    layers: [embedding, { type: "MultiHeadAttention", config: small }],
    inputs: [tokens],
  },
  {
    id: "multi-head-attention/masked-scores",
    layers: [
      embedding,
      { type: "MultiHeadAttention", config: small, args: { returnAttentionScores: true, useCausalMask: true } },
    ],
    inputs: [tokens],
  },
  {
    id: "multi-head-attention/sliding-window",
    layers: [{ type: "MultiHeadAttention", config: { numHeads: 1, keyDim: 2, slidingWindow: 2 } }],
    inputs: [{ shape: [1, 5, 2], symbolic: [null, null, 2] }],
  },
  {
    id: "multi-head-attention/gate",
    layers: [{ type: "MultiHeadAttention", config: { ...small, valueDim: 2, useGate: true } }],
    inputs: [query, value],
  },
  {
    id: "multi-head-attention/all-axes",
    layers: [{ type: "MultiHeadAttention", config: { numHeads: 2, keyDim: 2 } }],
    inputs: [{ shape: [2, 2, 3, 2] }],
  },
  {
    id: "multi-head-attention/one-axis-of-two",
    layers: [{ type: "MultiHeadAttention", config: { numHeads: 2, keyDim: 2, attentionAxes: 2 } }],
    inputs: [{ shape: [1, 2, 3, 2] }, { shape: [1, 2, 4, 2] }],
  },
  {
    id: "multi-head-attention/first-axis-of-two",
    layers: [{ type: "MultiHeadAttention", config: { numHeads: 1, keyDim: 2, attentionAxes: [-3] } }],
    inputs: [{ shape: [1, 3, 2, 2], symbolic: [null, null, 2, 2] }],
  },
  {
    id: "multi-head-attention/two-axes-masked",
    layers: [
      {
        type: "MultiHeadAttention",
        config: { numHeads: 1, keyDim: 2, attentionAxes: [1, 2] },
        args: { attentionMask: 1 },
      },
    ],
    inputs: [{ shape: [1, 2, 2, 2] }, { shape: [1, 2, 2, 2, 2], dtype: "bool" }],
  },
  {
    id: "multi-head-attention/regularized",
    layers: [
      {
        type: "MultiHeadAttention",
        config: { numHeads: 1, keyDim: 2, kernelRegularizer: "l2", biasRegularizer: "l1", activityRegularizer: "l2" },
      },
    ],
    inputs: [{ shape: [2, 3, 2] }],
  },
  {
    id: "multi-head-attention/dropout",
    layers: [
      { type: "MultiHeadAttention", config: { numHeads: 1, keyDim: 2, dropout: 0.4, useBias: false, outputShape: 1 } },
    ],
    inputs: [{ shape: [2, 20, 2] }, { shape: [2, 1, 2], low: 1, high: 2 }],
    random: { zeros: 0.4, rounded: true },
  },
  {
    id: "multi-head-attention/dropout-scores-seeded",
    layers: [
      {
        type: "MultiHeadAttention",
        config: { ...small, dropout: 0.5, seed: 3 },
        args: { returnAttentionScores: true },
      },
    ],
    inputs: [{ shape: [2, 3, 4] }],
    random: true,
  },
];
