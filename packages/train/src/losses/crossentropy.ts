import {
  Add,
  Cast,
  Div,
  DimSize,
  Equal,
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
  Range,
  ReduceMean,
  ReduceSum,
  Reshape,
  Softplus,
  Sub,
  type Tracer,
  Where,
} from "@lamella/ir";

import { producerOf } from "../gradients/producer.ts";

/** Keras's `backend.epsilon()`. */
const epsilon = 1e-7;

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

function clipped(probabilities: Tracer): Tracer {
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
function smoothed(yTrue: Tracer, labelSmoothing: number): Tracer {
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
  const positions = yPred.shape.slice(0, last);
  const labels =
    yTrue.rank === yPred.rank && yTrue.shape[last] === 1 ? Reshape(yTrue, yTrue.shape.slice(0, last)) : yTrue;
  if (labels.rank !== last) {
    throw new LamellaError("shape", {
      problem: "The targets of a sparse crossentropy are one class number for each prediction.",
      expected: `targets of shape ${formatShape(positions)}`,
      received: formatShape(yTrue.shape),
      hint: "Use categoricalCrossentropy for targets that are one-hot or probabilities.",
    });
  }
  const logits = logitsOf(yPred, options.fromLogits) ?? Log(clipped(yPred));
  const classes = Range(yPred.builder, yPred.shape[last]!);
  const isLabel = Equal(Reshape(Cast(labels, "int32"), [...labels.shape, 1]), classes);
  return Neg(ReduceSum(Where(isLabel, LogSoftmax(logits), 0), { axes: [last] }));
}

/** max(x, 0) - x z + log(1 + exp(-|x|)), exact for large logits on both sides, with the gradient sigmoid(x) - z at 0 too. */
function sigmoidCrossentropy(target: Tracer, logits: Tracer): Tracer {
  const positive = GreaterOrEqual(logits, 0);
  const magnitude = Where(positive, Neg(logits), logits);
  return Add(Sub(Where(positive, logits, 0), Mul(logits, target)), Softplus(magnitude));
}

/** Every value is a probability of its own; the mean over `axis`. (Keras: `binary_crossentropy`.) */
export function binaryCrossentropy(yTrue: Tracer, yPred: Tracer, options: CrossentropyOptions): Tracer {
  expectSameShape(yTrue, yPred);
  const smoothing = options.labelSmoothing;
  const target = smoothing === 0 ? yTrue : Add(Mul(yTrue, 1 - smoothing), 0.5 * smoothing);
  const logits = logitsOf(yPred, options.fromLogits);
  const axes = [normalizeAxis(options.axis, yPred.rank)];
  if (logits !== undefined) return ReduceMean(sigmoidCrossentropy(target, logits), { axes });
  const probabilities = clipped(yPred);
  const hit = Mul(target, Log(probabilities));
  const miss = Mul(Sub(1, target), Log(Sub(1, probabilities)));
  return ReduceMean(Neg(Add(hit, miss)), { axes });
}
