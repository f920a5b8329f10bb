import { Cast, Equal, formatShape, LamellaError, Range, Reshape, type Tracer } from "@lamella/ir";

/**
 * Class numbers as int32, one for each prediction: an axis of size 1 in the place of the classes is dropped.
 *
 * @throws LamellaError `shape`
 */
export function labelsOf(yTrue: Tracer, yPred: Tracer): Tracer {
  const last = yPred.rank - 1;
  const labels =
    yTrue.rank === yPred.rank && yTrue.shape[last] === 1 ? Reshape(yTrue, yTrue.shape.slice(0, last)) : yTrue;
  if (labels.rank === last) return Cast(labels, "int32");
  throw new LamellaError("shape", {
    problem: "The targets of a sparse crossentropy are one class number for each prediction.",
    expected: `targets of shape ${formatShape(yPred.shape.slice(0, last))}`,
    received: formatShape(yTrue.shape),
    hint: "Use categoricalCrossentropy for targets that are one-hot or probabilities.",
  });
}

/** bool, in the shape of the predictions: true at the class of the label. */
export function isLabel(labels: Tracer, yPred: Tracer): Tracer {
  return Equal(Reshape(labels, [...labels.shape, 1]), Range(yPred.builder, yPred.shape.at(-1)!));
}
