import {
  Add,
  Cast,
  Constant,
  Equal,
  Expand,
  Floor,
  formatShape,
  Greater,
  LamellaError,
  Less,
  Max,
  Min,
  Mul,
  Neg,
  Not,
  Range,
  ReduceSum,
  Reshape,
  ScatterND,
  sizeDim,
  SliceAxis,
  Sub,
  tensor,
  TopK,
  type Tracer,
  Where,
} from "@lamella/ir";

import { toSameRank } from "../losses/same-rank.ts";
import { type Cutoffs, nothing } from "./cutoffs.ts";
import type { Sums, Totals } from "./definition.ts";

export interface ConfusionOptions {
  readonly sampleWeight?: Tracer | undefined;
  /** Only the k largest predictions of a sample can be positive. */
  readonly topK?: number | null;
  /** Only this class counts. */
  readonly classId?: number | null;
  /** Whether the labels (batch, labels) are counted one by one. */
  readonly multiLabel?: boolean;
  /** How much each label counts, along the last axis. */
  readonly labelWeights?: readonly number[] | null;
}

/** How many, by weight, are right and wrong: threshold after threshold, with an entry for each label. */
export interface Confusion {
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
  readonly trueNegatives: Float64Array;
  readonly falseNegatives: Float64Array;
}

function onlyLargest(yPred: Tracer, k: number): Tracer {
  const best = TopK(yPred, -1, k);
  const classes = Range(yPred.builder, yPred.shape.at(-1)!);
  const chosen = Cast(Equal(Reshape(best, [...best.shape, 1]), classes), yPred.dtype);
  const mask = ReduceSum(chosen, { axes: [best.rank - 1] });
  return Where(Equal(mask, 0), nothing, yPred);
}

/** Weights in the shape of the predictions; one a sample stands for all of the sample's. */
function fullWeights(yPred: Tracer, { sampleWeight, labelWeights }: ConfusionOptions): Tracer {
  const ones = Expand(yPred.builder.scalar(1, "float32"), yPred.shape);
  let weights = ones;
  if (sampleWeight !== undefined) {
    const given = Cast(sampleWeight, "float32");
    const column = given.rank === yPred.rank ? given : Reshape(given, [...given.shape, 1]);
    weights = Expand(column, yPred.shape);
  }
  if (labelWeights === undefined || labelWeights === null) return weights;
  return Mul(weights, Constant(yPred.builder, tensor([...labelWeights], undefined, "float32")));
}

/** The number of the last threshold below each prediction, -1 where there is none. */
function bucketOf(prediction: Tracer, { thresholds, belowZero }: Cutoffs): Tracer {
  const limited = Min(Max(prediction, 0), 1);
  const bucket = Sub(Neg(Floor(Neg(Mul(limited, thresholds.length - 1)))), 1);
  return Cast(belowZero ? Max(bucket, 0) : bucket, "int32");
}

/** Adds values up by their buckets and labels. What is in no bucket comes last. */
function bucketSums(values: Tracer, buckets: Tracer, count: number, labels: number): Tracer {
  const { builder } = values;
  const size = (count + 1) * labels;
  const row = Where(Less(buckets, 0), count, buckets);
  const place = Add(Mul(row, labels), Range(builder, labels));
  const zeros = Expand(builder.scalar(0, "float32"), [size]);
  const all = sizeDim(values.shape);
  return ScatterND(zeros, Reshape(place, [all, 1]), Reshape(values, [all]));
}

/**
 * What a batch adds to counts of right and wrong at every threshold. Targets count as true unless they are 0. (Keras:
 * `update_confusion_matrix_variables`.)
 *
 * @throws LamellaError `shape`
 */
export function confusionSums(yTrue: Tracer, yPred: Tracer, cutoffs: Cutoffs, options: ConfusionOptions): Sums {
  const { topK, classId, multiLabel = false } = options;
  let [prediction, target] = toSameRank(Cast(yPred, "float32"), Cast(yTrue, "float32"));
  if (topK !== undefined && topK !== null) prediction = onlyLargest(prediction, topK);
  if (classId !== undefined && classId !== null) {
    const ofClass = (x: Tracer) => SliceAxis(x, x.rank - 1, classId, classId + 1);
    if (prediction.rank < 2) throw unfit("A class of predictions needs", "(batch, classes)", prediction);
    [prediction, target] = [ofClass(prediction), ofClass(target)];
  }
  if (multiLabel && (prediction.rank !== 2 || typeof prediction.shape[1] !== "number")) {
    throw unfit("Labels that are counted one by one need", "(batch, labels)", prediction);
  }
  const weights = fullWeights(prediction, options);
  const labels = multiLabel ? Number(prediction.shape[1]) : 1;
  const isTrue = Cast(Not(Equal(target, 0)), "float32");
  const rows = sizeDim(multiLabel ? prediction.shape.slice(0, 1) : prediction.shape);
  const flat = (x: Tracer) => Reshape(x, [rows, labels]);
  const positive = flat(Mul(weights, isTrue));
  const negative = flat(Mul(weights, Sub(1, isTrue)));
  return cutoffs.even
    ? bucketed(flat(prediction), positive, negative, cutoffs, labels)
    : compared(flat(prediction), positive, negative, cutoffs);
}

function bucketed(prediction: Tracer, positive: Tracer, negative: Tracer, cutoffs: Cutoffs, labels: number): Sums {
  const buckets = bucketOf(prediction, cutoffs);
  const count = cutoffs.thresholds.length;
  return {
    positives: bucketSums(positive, buckets, count, labels),
    negatives: bucketSums(negative, buckets, count, labels),
  };
}

function compared(prediction: Tracer, positive: Tracer, negative: Tracer, { thresholds }: Cutoffs): Sums {
  const { builder, shape } = prediction;
  const limits = Constant(builder, tensor([...thresholds], [thresholds.length, 1, 1], "float32"));
  const above = Cast(Greater(Reshape(prediction, [1, ...shape]), limits), "float32");
  const below = Sub(1, above);
  const sum = (chosen: Tracer, values: Tracer) => ReduceSum(Mul(chosen, values), { axes: [1] });
  return {
    truePositives: sum(above, positive),
    falsePositives: sum(above, negative),
    trueNegatives: sum(below, negative),
    falseNegatives: sum(below, positive),
  };
}

function unfit(problem: string, expected: string, { shape }: Tracer): LamellaError {
  return new LamellaError("shape", {
    problem: `${problem} an axis of them.`,
    expected: `predictions of shape ${expected}`,
    received: formatShape(shape),
  });
}

/** The counts that the sums over batches come to. */
export function confusionOf(totals: Totals, { thresholds, even }: Cutoffs): Confusion {
  if (!even) return totals as unknown as Confusion;
  const [truePositives, falseNegatives] = byThreshold(totals["positives"]!, thresholds.length);
  const [falsePositives, trueNegatives] = byThreshold(totals["negatives"]!, thresholds.length);
  return { truePositives, falsePositives, trueNegatives, falseNegatives };
}

/** Of sums by bucket: how much is in the bucket of each threshold or above, and how much is not. */
function byThreshold(buckets: Float64Array, count: number): readonly [Float64Array, Float64Array] {
  const labels = buckets.length / (count + 1);
  const [reached, missed] = [new Float64Array(count * labels), new Float64Array(count * labels)];
  for (let label = 0; label < labels; label++) {
    let sum = 0;
    for (let i = count - 1; i >= 0; i--) {
      sum += buckets[i * labels + label]!;
      reached[i * labels + label] = sum;
    }
    let rest = buckets[count * labels + label]!;
    for (let i = 0; i < count; i++) {
      missed[i * labels + label] = rest;
      rest += buckets[i * labels + label]!;
    }
  }
  return [reached, missed];
}

/** a / b, and 0 where b is 0. */
export function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
