import { type AnyLayer, LamellaError, type Tensor, type Variable } from "@lamella/ir";

import { own } from "./class-names.ts";
import { scaled } from "./transform.ts";

/** Whether the columns of a layer's weights from `start` to `end` (parts of the whole) go into its hard sigmoids. */
type Span = readonly [start: number, end: number];

const whole: readonly Span[] = [[0, 1]];

/** Layers that apply their activation to a sum of products with their weights: which weights those are. */
const direct: Readonly<Record<string, readonly string[]>> = {
  Dense: ["kernel", "bias"],
  EinsumDense: ["kernel", "bias"],
  Conv1D: ["kernel", "bias"],
  Conv2D: ["kernel", "bias"],
  Conv3D: ["kernel", "bias"],
  Conv1DTranspose: ["kernel", "bias"],
  Conv2DTranspose: ["kernel", "bias"],
  Conv3DTranspose: ["kernel", "bias"],
  DepthwiseConv1D: ["kernel", "bias"],
  DepthwiseConv2D: ["kernel", "bias"],
  SeparableConv1D: ["pointwise_kernel", "bias"],
  SeparableConv2D: ["pointwise_kernel", "bias"],
};

const cellWeights = ["kernel", "recurrent_kernel", "bias"];

/** Which columns of a recurrent layer's weights go into a hard sigmoid, by its type without 'Cell'. */
function cellSpans(type: string, isGate: boolean, isActivation: boolean): readonly Span[] | undefined {
  if (type.startsWith("SimpleRNN")) return isActivation ? whole : [];
  const isMemory = /^(?:LSTM|ConvLSTM)/.test(type);
  if (isMemory && isActivation) return undefined;
  if (isMemory)
    return [
      [0, 0.5],
      [0.75, 1],
    ];
  return [...(isGate ? [[0, 2 / 3] as const] : []), ...(isActivation ? [[2 / 3, 1] as const] : [])];
}

/**
 * The factors that give a layer the hard sigmoid of another slope: a function of the variables that they go for, or undefined
 * where there is none.
 *
 * @throws LamellaError `unsupported` where the hard sigmoid gets something else than a sum of products with weights
 */
export function rescaleHardSigmoid(
  layer: AnyLayer,
  factor: number,
): ((variable: Variable, value: Tensor) => Tensor) | undefined {
  const { activation, recurrentActivation } = layer.config;
  const isActivation = activation === "hardSigmoid";
  const isGate = recurrentActivation === "hardSigmoid";
  if (!isActivation && !isGate) return undefined;
  const { type } = layer;
  if (type === "Activation") return undefined;
  const isCell = /^(?:SimpleRNN|LSTM|GRU|ConvLSTM[123]D)(?:Cell)?$/.test(type) || type === "ConvLSTMCell";
  const names = isCell ? cellWeights : own(direct, type);
  const spans = isCell ? cellSpans(type, isGate, isActivation) : whole;
  if (names === undefined || spans === undefined) {
    throw new LamellaError("unsupported", {
      where: layer.label,
      problem:
        "Its activation is a hard_sigmoid of another slope than Keras 3's, which no change of weights makes up for.",
      expected: "hard_sigmoid of dense and convolutional layers, or of the gates of recurrent ones",
    });
  }
  return (variable, value) => {
    if (!names.includes(variable.name.slice(variable.name.lastIndexOf("/") + 1))) return value;
    const isIn = (place: number) => spans.some(([start, end]) => place >= start && place < end);
    return scaled(value, (column, columns) => (isIn((column + 0.5) / columns) ? factor : 1));
  };
}
