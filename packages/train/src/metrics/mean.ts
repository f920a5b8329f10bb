import { Expand, Cast, DimSize, Mul, ReduceMean, ReduceSum, type Tracer } from "@lamella/ir";

import { maskedWeights, type Weighting } from "../losses/reduce-loss.ts";
import { toSameRank } from "../losses/same-rank.ts";
import type { Sums } from "./definition.ts";

function meanFrom(x: Tracer, axis: number): Tracer {
  return ReduceMean(x, { axes: x.shape.flatMap((_, i) => (i < axis ? [] : [i])) });
}

/**
 * Weighted sums of values, `total` and `count`. Every sample counts once: the values of a sample are averaged first. (Keras: `Mean`.)
 */
export function totalsOf(values: Tracer, weighting: Weighting): Sums {
  const weights = maskedWeights(weighting, values.dtype, false);
  if (weights === undefined) {
    const count =
      values.rank === 0 ? values.builder.scalar(1, values.dtype) : DimSize(values.builder, values.shape[0]!);
    return { total: ReduceSum(meanFrom(values, 1)), count: Cast(count, values.dtype) };
  }
  const [matching, fitted] = toSameRank(values, weights);
  const reduced = meanFrom(matching, fitted.rank);
  const spread = Expand(fitted, reduced.shape);
  return {
    total: ReduceSum(meanFrom(Mul(reduced, spread), 1)),
    count: ReduceSum(meanFrom(spread, 1)),
  };
}
