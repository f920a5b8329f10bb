import {
  Abs,
  And,
  Cast,
  type ConfigOf,
  type Field,
  fields,
  formatShape,
  Greater,
  GreaterOrEqual,
  LamellaError,
  Mul,
  ReduceMax,
  ReduceSum,
  Reshape,
  Sub,
  type Tracer,
} from "@lamella/ir";

import { epsilon } from "../losses/definition.ts";
import { defineMetric, type MetricResult, type Sums, type Totals } from "./definition.ts";

/** A number above 0, up to `max`. */
function above0(byDefault: number | undefined, max: number): Field<number> {
  const inner = fields.number(byDefault === undefined ? {} : { default: byDefault });
  const expects = max === Infinity ? "a number above 0" : `a number above 0, up to ${max}`;
  return {
    ...inner,
    expects,
    parse(input, where) {
      const value = inner.parse(input, where);
      if (value > 0 && value <= max) return value;
      throw new LamellaError("config", {
        where,
        problem: "The value cannot be used.",
        expected: expects,
        received: String(value),
      });
    },
  };
}

const declared = {
  average: fields.orNull(fields.choice(["micro", "macro", "weighted"])),
  threshold: fields.orNull(above0(undefined, 1)),
};

type Config = ConfigOf<typeof declared>;

/** What is predicted: the largest of a sample, or what is above the threshold. */
function chosen(yPred: Tracer, threshold: number | null): Tracer {
  if (threshold !== null) return Cast(Greater(yPred, threshold), "float32");
  const largest = ReduceMax(yPred, { axes: [-1], keepdims: true });
  return Cast(And(GreaterOrEqual(yPred, largest), Greater(Abs(yPred), 1e-9)), "float32");
}

function sums(yTrue: Tracer, yPred: Tracer, { average, threshold }: Config, sampleWeight: Tracer | undefined): Sums {
  const [target, prediction] = [Cast(yTrue, "float32"), Cast(yPred, "float32")];
  if (target.rank !== 2 || prediction.rank !== 2 || typeof prediction.shape[1] !== "number") {
    throw new LamellaError("shape", {
      problem: "An F score compares targets and predictions of several classes.",
      expected: "shapes (batch, classes), with a known number of classes",
      received: `targets ${formatShape(yTrue.shape)}, predictions ${formatShape(yPred.shape)}`,
    });
  }
  const picked = chosen(prediction, threshold);
  const total = (values: Tracer): Tracer => {
    const weighted =
      sampleWeight === undefined
        ? values
        : Mul(values, Reshape(Cast(sampleWeight, "float32"), [...sampleWeight.shape.slice(0, 1), 1]));
    return ReduceSum(weighted, average === "micro" ? {} : { axes: [0] });
  };
  return {
    truePositives: total(Mul(picked, target)),
    falsePositives: total(Mul(picked, Sub(1, target))),
    falseNegatives: total(Mul(Sub(1, picked), target)),
    targets: total(target),
  };
}

function result(totals: Totals, { average }: Config, beta: number): MetricResult {
  const [hits, extra, missed, targets] = [
    totals["truePositives"]!,
    totals["falsePositives"]!,
    totals["falseNegatives"]!,
    totals["targets"]!,
  ];
  const scores = Array.from(hits, (hit, i) => {
    const precision = hit / (hit + extra[i]! + epsilon);
    const recall = hit / (hit + missed[i]! + epsilon);
    return ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall + epsilon);
  });
  if (average === null) return scores;
  const sum = (values: Iterable<number>) => Array.from(values).reduce((a, b) => a + b, 0);
  if (average !== "weighted") return sum(scores) / scores.length;
  const weight = sum(targets) + epsilon;
  return sum(scores.map((score, i) => (score * targets[i]!) / weight));
}

/** The harmonic mean of precision and recall, the latter `beta` times as important. (Keras: `FBetaScore`.) */
export const fBetaScore = {
  ...defineMetric(
    { ...declared, beta: above0(1, Infinity) },
    {
      sums: (yTrue, yPred, config, { sampleWeight }) => sums(yTrue, yPred, config, sampleWeight),
      result: (totals, config) => result(totals, config, config.beta),
    },
  ),
  label: "fbeta_score",
};

/** The harmonic mean of precision and recall: without an average, one for each class. (Keras: `F1Score`.) */
export const f1Score = defineMetric(declared, {
  sums: (yTrue, yPred, config, { sampleWeight }) => sums(yTrue, yPred, config, sampleWeight),
  result: (totals, config) => result(totals, config, 1),
});
