import {
  Cast,
  DimSize,
  Expand,
  fields,
  formatShape,
  LamellaError,
  Mul,
  ReduceSum,
  Reshape,
  sizeDim,
  Sub,
  type Tracer,
} from "@lamella/ir";

import { toSameRank } from "../losses/same-rank.ts";
import { defineMetric } from "./definition.ts";

const declared = {
  classAggregation: fields.orNull(fields.choice(["uniformAverage", "varianceWeightedAverage"], "uniformAverage")),
  numRegressors: fields.integer({ default: 0, min: 0 }),
};

/** (batch), (batch, 1) or full weights in the shape of the targets. */
function weightsFor(target: Tracer, sampleWeight: Tracer | undefined): Tracer {
  if (sampleWeight === undefined) return Expand(target.builder.scalar(1, "float32"), target.shape);
  const given = Cast(sampleWeight, "float32");
  return Expand(given.rank === 1 ? Reshape(given, [...given.shape, 1]) : given, target.shape);
}

/**
 * The share of the targets' variance that the predictions explain, output by output. With `numRegressors` it is adjusted, where
 * there are enough samples. (Keras: `R2Score`.)
 */
export const r2Score = defineMetric(declared, {
  sums(yTrue, yPred, _, { sampleWeight }) {
    const [target, prediction] = toSameRank(Cast(yTrue, "float32"), Cast(yPred, "float32"));
    if (target.rank !== 2 || prediction.rank !== 2 || typeof target.shape[1] !== "number") {
      throw new LamellaError("shape", {
        problem: "The R2 score compares targets and predictions of one or more outputs.",
        expected: "shapes (batch, outputs), with a known number of outputs",
        received: `targets ${formatShape(yTrue.shape)}, predictions ${formatShape(yPred.shape)}`,
      });
    }
    const weights = weightsFor(target, sampleWeight);
    const error = Sub(target, prediction);
    const overBatch = (x: Tracer) => ReduceSum(x, { axes: [0] });
    const weighted = Mul(target, weights);
    return {
      sum: overBatch(weighted),
      squares: overBatch(Mul(target, weighted)),
      errors: overBatch(Mul(Mul(error, error), weights)),
      count: overBatch(weights),
      samples: Cast(DimSize(target.builder, sizeDim(target.shape)), "float32"),
    };
  },
  result({ sum, squares, errors, count, samples }, { classAggregation, numRegressors }) {
    const totals = Array.from(squares!, (square, i) => square - sum![i]! * (sum![i]! / count![i]!));
    const scores = totals.map((total, i) => {
      const score = 1 - errors![i]! / total;
      return Math.abs(score) === Infinity ? 0 : score;
    });
    const free = samples![0]! - numRegressors - 1;
    const adjusted = (score: number) =>
      numRegressors === 0 || free <= 0 ? score : 1 - ((1 - score) * (samples![0]! - 1)) / free;
    const add = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    if (classAggregation === null) return scores.map(adjusted);
    if (classAggregation === "uniformAverage") return adjusted(add(scores) / scores.length);
    return adjusted(add(scores.map((score, i) => score * totals[i]!)) / add(totals));
  },
});
