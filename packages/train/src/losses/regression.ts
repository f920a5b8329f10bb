import {
  Abs,
  Add,
  Div,
  fields,
  LessOrEqual,
  Log,
  Max,
  Mul,
  Neg,
  ReduceMean,
  ReduceSum,
  Softplus,
  Sqrt,
  Sub,
  type Tracer,
  Where,
} from "@lamella/ir";

import { epsilon } from "./definition.ts";

const square = (x: Tracer) => Mul(x, x);
const overLast = (x: Tracer) => ReduceMean(x, { axes: [-1] });

/** (Keras: `mean_squared_error`.) */
export function meanSquaredError(yTrue: Tracer, yPred: Tracer): Tracer {
  return overLast(square(Sub(yTrue, yPred)));
}

/** (Keras: `mean_absolute_error`.) */
export function meanAbsoluteError(yTrue: Tracer, yPred: Tracer): Tracer {
  return overLast(Abs(Sub(yTrue, yPred)));
}

/** In per cent of the targets. (Keras: `mean_absolute_percentage_error`.) */
export function meanAbsolutePercentageError(yTrue: Tracer, yPred: Tracer): Tracer {
  return Mul(overLast(Abs(Div(Sub(yTrue, yPred), Max(Abs(yTrue), epsilon)))), 100);
}

/** Of log(1 + x); what is not positive counts as 0. (Keras: `mean_squared_logarithmic_error`.) */
export function meanSquaredLogarithmicError(yTrue: Tracer, yPred: Tracer): Tracer {
  const logOf = (x: Tracer) => Log(Add(Max(x, epsilon), 1));
  return overLast(square(Sub(logOf(yPred), logOf(yTrue))));
}

export const huberFields = { delta: fields.number({ default: 1 }) };

/** Squares up to `delta`, then a straight line. (Keras: `huber`.) */
export function huber(yTrue: Tracer, yPred: Tracer, { delta }: { readonly delta: number }): Tracer {
  const error = Sub(yPred, yTrue);
  const magnitude = Abs(error);
  const line = Sub(Mul(magnitude, delta), 0.5 * delta * delta);
  return overLast(Where(LessOrEqual(magnitude, delta), Mul(square(error), 0.5), line));
}

/** log(cosh(x)) of the differences, exact for large ones. (Keras: `log_cosh`.) */
export function logCosh(yTrue: Tracer, yPred: Tracer): Tracer {
  const error = Sub(yPred, yTrue);
  return overLast(Sub(Add(error, Softplus(Mul(error, -2))), Math.LN2));
}

export const axisField = { axis: fields.integer({ default: -1 }) };

/** Vectors along an axis at length 1; a zero vector stays. (Keras: `normalize`.) */
function normalized(x: Tracer, axis: number): Tracer {
  return Div(x, Sqrt(Max(ReduceSum(square(x), { axes: [axis], keepdims: true }), epsilon * epsilon)));
}

/** From -1 to 1, which is alike. (Keras: metric `cosine_similarity`.) */
export function cosineSimilarity(yTrue: Tracer, yPred: Tracer, { axis }: { readonly axis: number }): Tracer {
  return ReduceSum(Mul(normalized(yTrue, axis), normalized(yPred, axis)), { axes: [axis] });
}

/** From -1, which is alike, to 1. (Keras: loss `cosine_similarity`.) */
export function cosineDistance(yTrue: Tracer, yPred: Tracer, config: { readonly axis: number }): Tracer {
  return Neg(cosineSimilarity(yTrue, yPred, config));
}
