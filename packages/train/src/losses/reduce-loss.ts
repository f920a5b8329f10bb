import { And, Cast, type DType, DimSize, Div, Equal, Mul, ReduceSum, sizeDim, type Tracer, Where } from "@lamella/ir";

import { withWeights } from "./same-rank.ts";

/** Keras's reductions; `mean` is another name of `sumOverBatchSize`. */
export const reductions = ["sumOverBatchSize", "sum", "mean", "meanWithSampleWeight", "none"] as const;
export type Reduction = (typeof reductions)[number];

/** How much each value counts. */
export interface Weighting {
  /** One for each value, or with axes of size 1. */
  readonly sampleWeight?: Tracer | undefined;
  /** bool; false where a value does not count. */
  readonly mask?: Tracer | undefined;
}

/** a / b, and 0 where b is 0. */
function divideNoNan(a: Tracer, b: Tracer): Tracer {
  const isZero = Equal(b, 0);
  return Where(isZero, 0, Div(a, Where(isZero, 1, b)));
}

/** The number of elements, as a scalar of that dtype. */
function countOf(x: Tracer, dtype: DType): Tracer {
  return Cast(DimSize(x.builder, sizeDim(x.shape)), dtype);
}

export function bothMasks(a: Tracer | undefined, b: Tracer | undefined): Tracer | undefined {
  return a === undefined ? b : b === undefined ? a : And(a, b);
}

/**
 * Sample weights with the mask folded in. With `rescale`, what counts weighs total / valid, so that a mean over all values
 * becomes a mean over the valid ones. (Keras: `apply_mask`.)
 */
export function maskedWeights(weighting: Weighting, dtype: DType, rescale: boolean): Tracer | undefined {
  const { sampleWeight, mask } = weighting;
  const given = sampleWeight === undefined ? undefined : Cast(sampleWeight, dtype);
  if (mask === undefined) return given;
  const ones = Cast(mask, dtype);
  const weights = rescale ? Mul(ones, divideNoNan(countOf(mask, dtype), ReduceSum(ones))) : ones;
  if (given === undefined) return weights;
  const [a, b] = withWeights(weights, given);
  return Mul(a, b);
}

/** Per-sample losses weighted and reduced to a scalar, or kept with `none`. (Keras: `reduce_weighted_values`.) */
export function reduceLoss(losses: Tracer, weighting: Weighting, reduction: Reduction): Tracer {
  const { dtype } = losses;
  const weights = maskedWeights(weighting, dtype, reduction === "mean" || reduction === "sumOverBatchSize");
  let values = losses;
  let fitted = weights;
  if (weights !== undefined) {
    const [a, b] = withWeights(losses, weights);
    fitted = b;
    values = Mul(a, b);
  }
  if (reduction === "none" || values.rank === 0) return values;
  const sum = ReduceSum(values);
  if (reduction === "sum") return sum;
  if (reduction === "meanWithSampleWeight" && fitted !== undefined) return divideNoNan(sum, ReduceSum(fitted));
  return Div(sum, countOf(values, dtype));
}
