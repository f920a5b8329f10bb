import type { InputSpec, LayerCase } from "./case.ts";

const query: InputSpec = { shape: [2, 3, 4] };
const value: InputSpec = { shape: [2, 5, 4] };
const mask = (steps: number): InputSpec => ({ shape: [2, steps], dtype: "bool" });

export const additiveAttention: readonly LayerCase[] = [
  {
    id: "additive-attention/scaled",
    layers: [{ type: "AdditiveAttention" }],
    inputs: [
      { ...query, symbolic: [null, null, 4] },
      { ...value, symbolic: [null, null, 4] },
    ],
  },
  {
    id: "additive-attention/unscaled",
    layers: [{ type: "AdditiveAttention", config: { useScale: false } }],
    inputs: [query, value],
  },
  {
    id: "additive-attention/key-causal",
    layers: [{ type: "AdditiveAttention", args: { useCausalMask: true } }],
    inputs: [query, { shape: [2, 5, 3] }, value],
  },
  {
    id: "additive-attention/masks-scores",
    layers: [{ type: "AdditiveAttention", args: { mask: [2, 3], returnAttentionScores: true } }],
    inputs: [query, value, mask(3), mask(5)],
  },
  {
    id: "additive-attention/dropout",
    layers: [{ type: "AdditiveAttention", config: { dropout: 0.3, seed: 9 } }],
    inputs: [{ shape: [2, 20, 1] }, { shape: [2, 1, 1], low: 1, high: 2 }],
    random: { zeros: 0.3, rounded: true },
  },
];
