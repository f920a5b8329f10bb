import type { Activation } from "@lamella/ir";

import type { InputSpec, LayerCase } from "./case.ts";

const shape = [2, 3, 12];
const smooth: InputSpec = { shape, low: -4, high: 4 };
/** Whole numbers from -6 to 6: the corners of the piecewise functions. */
const corners: InputSpec = { shape, low: -6, high: 7, levels: 13 };
const large: InputSpec = { shape, low: -80, high: 80 };

function activationCases(name: Activation, ...inputs: readonly (readonly [string, InputSpec])[]): LayerCase[] {
  return inputs.map(([suffix, input]) => ({
    id: `activation/${name}${suffix}`,
    layers: [{ type: "Activation", config: { activation: name } }],
    inputs: [input],
  }));
}

const all = ["", smooth] as const;
const atCorners = ["-corners", corners] as const;
const atLarge = ["-large", large] as const;

export const activation: readonly LayerCase[] = [
  ...activationCases("linear", all),
  ...activationCases("relu", all, atCorners),
  ...activationCases("relu6", ["", { shape, low: -4, high: 9 }], atCorners),
  ...activationCases("leakyRelu", all, atCorners),
  ...activationCases("elu", all, atCorners, atLarge),
  ...activationCases("selu", all, atCorners, atLarge),
  ...activationCases("gelu", all, atLarge),
  ...activationCases("silu", all, atLarge),
  ...activationCases("mish", all, atLarge),
  ...activationCases("sigmoid", all, atLarge),
  ...activationCases("hardSigmoid", all, atCorners),
  ...activationCases("hardSilu", all, atCorners),
  ...activationCases("tanh", all, atLarge),
  ...activationCases("softplus", all, atLarge),
  ...activationCases("softsign", all, atCorners),
  ...activationCases("logSigmoid", all, atLarge),
  ...activationCases("exponential", all, atLarge),
  ...activationCases("softmax", all, atLarge),
  ...activationCases("logSoftmax", all, atLarge),
  ...activationCases("celu", all, atLarge),
  ...activationCases("hardShrink", all, atCorners),
  ...activationCases("hardTanh", all, atCorners),
  ...activationCases("softShrink", all, atCorners),
  ...activationCases("sparsePlus", all, atCorners),
  ...activationCases("sparseSigmoid", all, atCorners),
  ...activationCases("squareplus", all, atLarge),
  ...activationCases("tanhShrink", all, atCorners),
  ...activationCases("sparsemax", all, ["-ties", { shape, levels: 4 }]),
  {
    id: "activation/unknown-size",
    layers: [{ type: "Activation", config: { activation: "softmax" } }],
    inputs: [{ shape: [2, 3, 4], symbolic: [null, null, null] }],
  },
  {
    id: "activation/relu-int",
    layers: [{ type: "Activation", config: { activation: "relu" } }],
    inputs: [{ shape: [2, 6], dtype: "int32", low: -5, high: 5 }],
  },
  {
    id: "activation/masked",
    layers: [
      { type: "Embedding", config: { inputDim: 4, outputDim: 3, maskZero: true } },
      { type: "Activation", config: { activation: "tanh" } },
    ],
    inputs: [{ shape: [2, 4], dtype: "int32", high: 3 }],
  },
];
