import {
  Add,
  Cast,
  Div,
  DimSize,
  formatShape,
  GreaterOrEqual,
  LogSoftmax,
  Log,
  Max,
  Min,
  Mul,
  Neg,
  normalizeAxis,
  LamellaError,
  ReduceMean,
  ReduceSum,
  Softplus,
  Sub,
  type Tracer,
  Where,
} from "@lamella/ir";

import { producerOf } from "../gradients/producer.ts";
import { epsilon } from "./definition.ts";
import { isLabel, labelsOf } from "./labels.ts";

export interface CrossentropyOptions {
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
  readonly axis: number;
}

/**
 * What went into the softmax or sigmoid that gives `output`; undefined when something else does. As Keras on TensorFlow:
 * either activation counts for every crossentropy, and so does a softmax over another axis.
 */
function logitsBehind(output: Tracer): Tracer | undefined {
  const node = producerOf(output);
  if (node === undefined) return undefined;
  const input = output.builder.tracer(node.inputs[0]!);
  if (node.op.type === "Identity") return logitsBehind(input);
  return node.op.type === "Softmax" || node.op.type === "Sigmoid" ? input : undefined;
}

function logitsOf(output: Tracer, fromLogits: boolean): Tracer | undefined {
  return logitsBehind(output) ?? (fromLogits ? output : undefined);
}

/** Probabilities away from 0 and 1, of which no logarithm is taken. */
export function clipped(probabilities: Tracer): Tracer {
  return Min(Max(probabilities, epsilon), 1 - epsilon);
}

function expectSameShape(yTrue: Tracer, yPred: Tracer, hint?: string): void {
  const fits =
    yTrue.rank === yPred.rank &&
    yTrue.shape.every((dim, axis) => {
      const other = yPred.shape[axis]!;
      return dim === other || typeof dim === "string" || typeof other === "string";
    });
  if (fits) return;
  throw new LamellaError("shape", {
    problem: "The targets and the predictions of a crossentropy must have the same shape.",
    expected: `targets of shape ${formatShape(yPred.shape)}`,
    received: formatShape(yTrue.shape),
    hint,
  });
}

/** Targets are probabilities along `axis`. (Keras: `categorical_crossentropy`.) */
export function categoricalCrossentropy(yTrue: Tracer, yPred: Tracer, options: CrossentropyOptions): Tracer {
  expectSameShape(yTrue, yPred, "Use sparseCategoricalCrossentropy for targets that are class numbers.");
  const axis = normalizeAxis(options.axis, yPred.rank);
  const logits = logitsOf(yPred, options.fromLogits);
  const logarithms =
    logits === undefined
      ? Log(clipped(Div(yPred, ReduceSum(yPred, { axes: [axis], keepdims: true }))))
      : LogSoftmax(logits, axis);
  return Neg(ReduceSum(Mul(smoothed(yTrue, options.labelSmoothing), logarithms), { axes: [axis] }));
}

/** Mixes the targets with evenly spread ones. (Keras counts the classes along the last axis.) */
export function smoothed(yTrue: Tracer, labelSmoothing: number): Tracer {
  if (labelSmoothing === 0) return yTrue;
  const classes = Cast(DimSize(yTrue.builder, yTrue.shape.at(-1)!), yTrue.dtype);
  return Add(Mul(yTrue, 1 - labelSmoothing), Div(labelSmoothing, classes));
}

/** Targets are class numbers; the classes are along the last axis. (Keras: `sparse_categorical_crossentropy`.) */
export function sparseCategoricalCrossentropy(
  yTrue: Tracer,
  yPred: Tracer,
  options: Omit<CrossentropyOptions, "labelSmoothing">,
): Tracer {
  const last = yPred.rank - 1;
  if (normalizeAxis(options.axis, yPred.rank) !== last) {
    throw new LamellaError("unsupported", {
      problem: "The classes of a sparse crossentropy must be along the last axis.",
      expected: "axis -1",
      received: String(options.axis),
    });
  }
  const labels = labelsOf(yTrue, yPred);
  const logits = logitsOf(yPred, options.fromLogits) ?? Log(clipped(yPred));
  return Neg(ReduceSum(Where(isLabel(labels, yPred), LogSoftmax(logits), 0), { axes: [last] }));
}

/** max(x, 0) - x z + log(1 + exp(-|x|)), exact for large logits on both sides, with the gradient sigmoid(x) - z at 0 too. */
function sigmoidCrossentropy(target: Tracer, logits: Tracer): Tracer {
  const positive = GreaterOrEqual(logits, 0);
  const magnitude = Where(positive, Neg(logits), logits);
  return Add(Sub(Where(positive, logits, 0), Mul(logits, target)), Softplus(magnitude));
}

/** Mixes targets of 0 and 1 with a half. */
export function smoothedBinary(yTrue: Tracer, labelSmoothing: number): Tracer {
  return labelSmoothing === 0 ? yTrue : Add(Mul(yTrue, 1 - labelSmoothing), 0.5 * labelSmoothing);
}

/** Every value is a probability of its own. (Keras: `ops.binary_crossentropy`.) */
export function binaryValues(target: Tracer, yPred: Tracer, fromLogits: boolean): Tracer {
  expectSameShape(target, yPred);
  const logits = logitsOf(yPred, fromLogits);
  if (logits !== undefined) return sigmoidCrossentropy(target, logits);
  const probabilities = clipped(yPred);
  const hit = Mul(target, Log(probabilities));
  const miss = Mul(Sub(1, target), Log(Sub(1, probabilities)));
  return Neg(Add(hit, miss));
}

/** The mean over `axis` of every value's crossentropy. (Keras: `binary_crossentropy`.) */
export function binaryCrossentropy(yTrue: Tracer, yPred: Tracer, options: CrossentropyOptions): Tracer {
  const target = smoothedBinary(yTrue, options.labelSmoothing);
  return ReduceMean(binaryValues(target, yPred, options.fromLogits), { axes: [options.axis] });
}
