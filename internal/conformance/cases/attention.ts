import type { InputSpec, LayerCase, LayerSpec } from "./case.ts";

const query: InputSpec = { shape: [2, 3, 4] };
const value: InputSpec = { shape: [2, 5, 4] };
const mask = (steps: number): InputSpec => ({ shape: [2, steps], dtype: "bool" });
const masked: readonly LayerSpec[] = [
  { type: "Embedding", config: { inputDim: 3, outputDim: 3, maskZero: true } },
  {
    type: "Bidirectional",
    config: { layer: { type: "GRU", config: { units: 2, returnSequences: true } }, mergeMode: null },
  },
];

export const attention: readonly LayerCase[] = [
  { id: "attention/dot", layers: [{ type: "Attention" }], inputs: [query, { ...value, symbolic: [null, null, 4] }] },
  {
    id: "attention/key",
    layers: [{ type: "Attention", config: { useScale: true } }],
    inputs: [query, { shape: [2, 5, 3] }, value],
  },
  {
    id: "attention/concat",
    layers: [{ type: "Attention", config: { scoreMode: "concat" } }],
    inputs: [query, value],
  },
  {
    id: "attention/concat-scaled",
    layers: [{ type: "Attention", config: { scoreMode: "concat", useScale: true } }],
    inputs: [query, value],
  },
  {
    id: "attention/causal-scores",
    layers: [{ type: "Attention", args: { useCausalMask: true, returnAttentionScores: true } }],
    inputs: [query, value],
  },
  {
    id: "attention/masks",
    layers: [{ type: "Attention", args: { mask: [2, 3] } }],
    inputs: [query, value, mask(3), mask(5)],
  },
  {
    id: "attention/masked-causal",
    layers: [{ type: "Attention", args: { mask: [null, 2], useCausalMask: true } }],
    inputs: [query, value, mask(5)],
  },
  {
    id: "attention/query-mask",
    layers: [{ type: "Attention", args: { mask: [2, null] } }],
    inputs: [query, value, mask(3)],
  },
  {
    id: "attention/carried-masks",
    layers: [...masked, { type: "Attention", args: { returnAttentionScores: true } }],
    inputs: [{ shape: [2, 4], dtype: "int32", high: 3 }],
  },
  {
    id: "attention/rank-4",
    layers: [{ type: "Attention", args: { useCausalMask: true } }],
    inputs: [{ shape: [2, 2, 3, 2] }, { shape: [2, 2, 4, 2] }],
  },
  {
    id: "attention/dropout",
    layers: [{ type: "Attention", config: { dropout: 0.3 } }],
    inputs: [{ shape: [2, 20, 1] }, { shape: [2, 1, 1], low: 1, high: 2 }],
    random: { zeros: 0.3, rounded: true },
  },
  {
    id: "attention/dropout-scores-seeded",
    layers: [{ type: "Attention", config: { dropout: 0.5, seed: 2 }, args: { returnAttentionScores: true } }],
    inputs: [query, value],
    random: true,
  },
];
