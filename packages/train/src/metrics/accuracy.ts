import { ArgMax, Cast, type DType, Equal, Greater, Reshape, type Tracer } from "@lamella/ir";

import { toSameRank } from "../losses/same-rank.ts";

const dtypeOfMetrics: DType = "float32";

function matches(a: Tracer, b: Tracer): Tracer {
  return Cast(Equal(a, b), dtypeOfMetrics);
}

function withoutLastAxis(x: Tracer): Tracer {
  return Reshape(x, x.shape.slice(0, -1));
}

/** 1 where the target is 1 and the prediction above the threshold, or 0 and not above. (Keras: `binary_accuracy`.) */
export function binaryAccuracy(yTrue: Tracer, yPred: Tracer, threshold: number): Tracer {
  const [target, prediction] = toSameRank(yTrue, yPred);
  return matches(target, Cast(Greater(prediction, threshold), target.dtype));
}

/** 1 where the largest prediction stands where the largest target does. (Keras: `categorical_accuracy`.) */
export function categoricalAccuracy(yTrue: Tracer, yPred: Tracer): Tracer {
  return matches(ArgMax(yTrue, -1), ArgMax(yPred, -1));
}

/** 1 where the largest prediction is the target's class. (Keras: `sparse_categorical_accuracy`.) */
export function sparseCategoricalAccuracy(yTrue: Tracer, yPred: Tracer): Tracer {
  const labels = yTrue.rank === yPred.rank && yTrue.shape.at(-1) === 1 ? withoutLastAxis(yTrue) : yTrue;
  const found = matches(Cast(labels, "int32"), ArgMax(yPred, -1));
  return found.rank > 1 && found.shape.at(-1) === 1 ? withoutLastAxis(found) : found;
}
