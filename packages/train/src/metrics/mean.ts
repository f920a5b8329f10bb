import {
  Cast,
  type ConfigOf,
  DimSize,
  Expand,
  type Fields,
  LamellaError,
  Mul,
  ReduceMean,
  ReduceSum,
  Sub,
  type Tracer,
} from "@lamella/ir";

import type { LossValues } from "../losses/definition.ts";
import { bothMasks, maskedWeights, type Weighting } from "../losses/reduce-loss.ts";
import { toSameRank } from "../losses/same-rank.ts";
import { meanResult } from "../report.ts";
import { defineMetric, type MetricDefinition, type Sums } from "./definition.ts";

function axesFrom(x: Tracer, axis: number): { readonly axes: readonly number[] } {
  return { axes: x.shape.flatMap((_, i) => (i < axis ? [] : [i])) };
}

const meanFrom = (x: Tracer, axis: number) => ReduceMean(x, axesFrom(x, axis));

/** Values and weights in one shape; `reduce` takes the values over the axes that the weights lack. */
function spread(
  values: Tracer,
  weights: Tracer,
  reduce: (x: Tracer, axis: number) => Tracer,
): readonly [Tracer, Tracer] {
  const [matching, fitted] = toSameRank(values, weights);
  const reduced = reduce(matching, fitted.rank);
  return [reduced, Expand(fitted, reduced.shape)];
}

/**
 * Weighted sums of values, `total` and `count`. Every sample counts once: the values of a sample are averaged first.
 * (Keras: `Mean`.)
 */
export function totalsOf(values: Tracer, weighting: Weighting): Sums {
  const weights = maskedWeights(weighting, values.dtype, false);
  if (weights === undefined) {
    const count =
      values.rank === 0 ? values.builder.scalar(1, values.dtype) : DimSize(values.builder, values.shape[0]!);
    return { total: ReduceSum(meanFrom(values, 1)), count: Cast(count, values.dtype) };
  }
  const [reduced, spreadWeights] = spread(values, weights, meanFrom);
  return {
    total: ReduceSum(meanFrom(Mul(reduced, spreadWeights), 1)),
    count: ReduceSum(meanFrom(spreadWeights, 1)),
  };
}

/**
 * The mean of values, one a sample or more. A mask that comes with the values counts only beside weights or another mask, as
 * in Keras. (Keras: `MeanMetricWrapper`.)
 */
export function meanOf<F extends Fields>(
  fields: F,
  compute: (yTrue: Tracer, yPred: Tracer, config: ConfigOf<F>) => Tracer | LossValues,
): MetricDefinition & { readonly fields: F } {
  return defineMetric(fields, {
    sums(yTrue, yPred, config, { sampleWeight, mask }) {
      const computed = compute(yTrue, yPred, config);
      const { values, mask: own } = "values" in computed ? computed : { values: computed };
      const all = sampleWeight === undefined && mask === undefined ? undefined : bothMasks(mask, own);
      return totalsOf(Cast(values, "float32"), { sampleWeight, mask: all });
    },
    result: meanResult,
  });
}

function refuseWeights(metric: string, sampleWeight: Tracer | undefined): void {
  if (sampleWeight === undefined) return;
  throw new LamellaError("config", {
    where: "weightedMetrics",
    problem: `${metric} takes the predictions as its weights, so that there is no place for sample weights.`,
    hint: "Give it as one of the metrics.",
  });
}

/** The mean of the targets, weighted by the predictions: what Keras makes of `Mean` among metrics. */
export const mean = defineMetric(
  {},
  {
    sums(yTrue, yPred, _, { sampleWeight }) {
      refuseWeights("Mean", sampleWeight);
      return totalsOf(Cast(yTrue, "float32"), { sampleWeight: yPred });
    },
    result: meanResult,
  },
);

/** The sum of the targets, weighted by the predictions: what Keras makes of `Sum` among metrics. */
export const sum = defineMetric(
  {},
  {
    sums(yTrue, yPred, _, { sampleWeight }) {
      refuseWeights("Sum", sampleWeight);
      const sumFrom = (x: Tracer, axis: number) => ReduceSum(x, axesFrom(x, axis));
      const [values, weights] = spread(Cast(yTrue, "float32"), Cast(yPred, "float32"), sumFrom);
      return { total: ReduceSum(Mul(values, weights)) };
    },
    result: ({ total }) => total![0]!,
  },
);

/** The root of the mean of squares over all batches. Masks do not count, as in Keras. */
export const rootMeanSquaredError = defineMetric(
  {},
  {
    sums(yTrue, yPred, _, { sampleWeight }) {
      const [target, prediction] = toSameRank(Cast(yTrue, "float32"), Cast(yPred, "float32"));
      const difference = Sub(prediction, target);
      return totalsOf(Mul(difference, difference), { sampleWeight });
    },
    result: (totals) => Math.sqrt(meanResult(totals)),
  },
);
