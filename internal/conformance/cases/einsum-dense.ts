import type { LayerCase } from "./case.ts";

export const einsumDense: readonly LayerCase[] = [
  {
    id: "einsum-dense/dense",
    layers: [{ type: "EinsumDense", config: { equation: "ab,bc->ac", outputShape: 4, biasAxes: "c" } }],
    inputs: [{ shape: [3, 5] }],
  },
  {
    id: "einsum-dense/sequence",
    layers: [{ type: "EinsumDense", config: { equation: "abc,cd->abd", outputShape: [null, 4], biasAxes: "d" } }],
    inputs: [{ shape: [2, 3, 5], symbolic: [null, null, 5] }],
  },
  {
    id: "einsum-dense/ellipsis-left",
    layers: [
      {
        type: "EinsumDense",
        config: { equation: "...x,xy->...y", outputShape: 3, biasAxes: "y", activation: "tanh" },
      },
    ],
    inputs: [{ shape: [2, 2, 3, 4], symbolic: [null, null, null, 4] }],
  },
  {
    id: "einsum-dense/ellipsis-right",
    layers: [{ type: "EinsumDense", config: { equation: "ab...,bc->ac...", outputShape: 3, biasAxes: "c" } }],
    inputs: [{ shape: [2, 4, 3, 2] }],
  },
  {
    id: "einsum-dense/heads",
    layers: [{ type: "EinsumDense", config: { equation: "abc,cde->abde", outputShape: [null, 2, 3], biasAxes: "de" } }],
    inputs: [{ shape: [2, 3, 4] }],
  },
  {
    id: "einsum-dense/heads-joined",
    layers: [{ type: "EinsumDense", config: { equation: "abcd,cde->abe", outputShape: [null, 4], biasAxes: "e" } }],
    inputs: [{ shape: [2, 3, 2, 3], symbolic: [null, null, 2, 3] }],
  },
  {
    id: "einsum-dense/kernel-a-step",
    layers: [{ type: "EinsumDense", config: { equation: "abc,bcd->abd", outputShape: [3, 2], biasAxes: "bd" } }],
    inputs: [{ shape: [2, 3, 4] }],
  },
  {
    id: "einsum-dense/bias-of-one-axis",
    layers: [{ type: "EinsumDense", config: { equation: "abc,cd->adb", outputShape: [4, 3], biasAxes: "d" } }],
    inputs: [{ shape: [2, 3, 5] }],
  },
  {
    id: "einsum-dense/no-bias-regularized",
    layers: [
      {
        type: "EinsumDense",
        config: { equation: "abc,dc->abd", outputShape: [3, 2], kernelRegularizer: "l2", kernelConstraint: "unitNorm" },
      },
    ],
    inputs: [{ shape: [2, 3, 4] }],
  },
  {
    id: "einsum-dense/summed-axis",
    layers: [{ type: "EinsumDense", config: { equation: "abc,d->ad", outputShape: 3, biasAxes: "d" } }],
    inputs: [{ shape: [2, 3, 4] }],
  },
  {
    id: "einsum-dense/int-input",
    layers: [{ type: "EinsumDense", config: { equation: "ab,bc->ac", outputShape: 2, biasAxes: "c" } }],
    inputs: [{ shape: [3, 4], dtype: "int32", high: 9 }],
  },
  {
    id: "einsum-dense/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 4, outputDim: 3, maskZero: true } },
      { type: "EinsumDense", config: { equation: "...x,xy->...y", outputShape: 2, biasAxes: "y" } },
    ],
    inputs: [{ shape: [2, 4], dtype: "int32", high: 4 }],
  },
];
