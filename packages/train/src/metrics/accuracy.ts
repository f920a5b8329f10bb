import {
  And,
  ArgMax,
  Cast,
  type DType,
  Equal,
  fields,
  Greater,
  Less,
  ReduceMax,
  ReduceSum,
  Reshape,
  SliceAxis,
  type Tracer,
  Where,
} from "@lamella/ir";

import { isLabel, labelsOf } from "../losses/labels.ts";
import { toSameRank } from "../losses/same-rank.ts";

const dtypeOfMetrics: DType = "float32";

function matches(a: Tracer, b: Tracer): Tracer {
  return Cast(Equal(a, b), dtypeOfMetrics);
}

/** 1 where target and prediction are equal. (Keras: `accuracy`.) */
export function equality(yTrue: Tracer, yPred: Tracer): Tracer {
  return matches(...toSameRank(Cast(yTrue, yPred.dtype), yPred));
}

export const thresholdField = { threshold: fields.number({ default: 0.5 }) };

/** 1 where the target is 1 and the prediction above the threshold, or 0 and not above. (Keras: `binary_accuracy`.) */
export function binaryAccuracy(yTrue: Tracer, yPred: Tracer, { threshold }: { readonly threshold: number }): Tracer {
  const [target, prediction] = toSameRank(yTrue, yPred);
  return matches(target, Cast(Greater(prediction, threshold), target.dtype));
}

/** 1 where the largest prediction stands where the largest target does. (Keras: `categorical_accuracy`.) */
export function categoricalAccuracy(yTrue: Tracer, yPred: Tracer): Tracer {
  return matches(ArgMax(yTrue, -1), ArgMax(yPred, -1));
}

/** 1 where the largest prediction is the target's class. (Keras: `sparse_categorical_accuracy`.) */
export function sparseCategoricalAccuracy(yTrue: Tracer, yPred: Tracer): Tracer {
  const found = matches(labelsOf(yTrue, yPred), ArgMax(yPred, -1));
  return found.rank > 1 && found.shape.at(-1) === 1 ? Reshape(found, found.shape.slice(0, -1)) : found;
}

export const topKField = { k: fields.integer({ default: 5, min: 1 }) };
export const sparseTopKFields = { ...topKField, fromSortedIds: fields.boolean(false) };

/** 1 where fewer than k predictions are larger than that of the label. (TensorFlow: `in_top_k`.) */
function inTopK(labels: Tracer, yPred: Tracer, k: number): Tracer {
  const own = ReduceMax(Where(isLabel(labels, yPred), yPred, -Infinity), { axes: [-1], keepdims: true });
  const larger = ReduceSum(Cast(Greater(yPred, own), "int32"), { axes: [-1] });
  const isThere = Reshape(Greater(own, -Infinity), larger.shape);
  return Cast(And(Less(larger, k), isThere), dtypeOfMetrics);
}

/** (Keras: `top_k_categorical_accuracy`.) */
export function topKCategoricalAccuracy(yTrue: Tracer, yPred: Tracer, { k }: { readonly k: number }): Tracer {
  return inTopK(ArgMax(yTrue, -1), yPred, k);
}

/** With `fromSortedIds` the predictions are classes, the likeliest first. (Keras: `sparse_top_k_categorical_accuracy`.) */
export function sparseTopKCategoricalAccuracy(
  yTrue: Tracer,
  yPred: Tracer,
  { k, fromSortedIds }: { readonly k: number; readonly fromSortedIds: boolean },
): Tracer {
  const labels = labelsOf(yTrue, yPred);
  if (!fromSortedIds) return inTopK(labels, yPred, k);
  const width = yPred.shape.at(-1)!;
  const first = typeof width === "number" && width <= k ? yPred : SliceAxis(yPred, yPred.rank - 1, 0, k);
  const found = Cast(Equal(Cast(first, "int32"), Reshape(labels, [...labels.shape, 1])), dtypeOfMetrics);
  return ReduceMax(found, { axes: [-1] });
}
