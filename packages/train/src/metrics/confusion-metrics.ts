import { type Field, fields } from "@lamella/ir";

import { type Confusion, confusionOf, confusionSums, ratio } from "./confusion.ts";
import { type Cutoffs, evenCutoffs, givenCutoffs, nothing, thresholdsField } from "./cutoffs.ts";
import { defineMetric, type MetricResult } from "./definition.ts";

/** A number for the only threshold, or one for each. */
function perThreshold({ thresholds }: Cutoffs, valueAt: (i: number) => number): MetricResult {
  const values = thresholds.map((_, i) => valueAt(i));
  return values.length === 1 ? values[0]! : values;
}

/** How many, by weight, are this right or wrong at one or more thresholds. */
function count(which: keyof Confusion) {
  const cutoffsOf = ({ thresholds }: { readonly thresholds: readonly number[] | null }) =>
    givenCutoffs(thresholds, 0.5);
  return defineMetric(
    { thresholds: thresholdsField },
    {
      sums: (yTrue, yPred, config, { sampleWeight }) =>
        confusionSums(yTrue, yPred, cutoffsOf(config), { sampleWeight }),
      result(totals, config) {
        const cutoffs = cutoffsOf(config);
        const counts = confusionOf(totals, cutoffs)[which];
        return perThreshold(cutoffs, (i) => counts[i]!);
      },
    },
  );
}

export const falseNegatives = count("falseNegatives");
export const falsePositives = count("falsePositives");
export const trueNegatives = count("trueNegatives");
export const truePositives = count("truePositives");

const classField = { classId: fields.orNull(fields.integer({ min: 0 })) };

/** The share of the true positives in those and another count. */
function share(other: "falsePositives" | "falseNegatives") {
  const declared = {
    thresholds: thresholdsField,
    topK: fields.orNull(fields.integer({ min: 1 })),
    ...classField,
  };
  const cutoffsOf = (config: { readonly thresholds: readonly number[] | null; readonly topK: number | null }) =>
    givenCutoffs(config.thresholds, config.topK === null ? 0.5 : nothing);
  return defineMetric(declared, {
    sums: (yTrue, yPred, config, { sampleWeight }) =>
      confusionSums(yTrue, yPred, cutoffsOf(config), { sampleWeight, topK: config.topK, classId: config.classId }),
    result(totals, config) {
      const cutoffs = cutoffsOf(config);
      const counts = confusionOf(totals, cutoffs);
      return perThreshold(cutoffs, (i) => rate(counts, i, ["truePositives", other]));
    },
  });
}

function rate(counts: Confusion, i: number, [part, rest]: readonly [keyof Confusion, keyof Confusion]): number {
  return ratio(counts[part][i]!, counts[part][i]! + counts[rest][i]!);
}

/** What is predicted and true by all that is predicted. */
export const precision = share("falsePositives");
/** What is predicted and true by all that is true. */
export const recall = share("falseNegatives");

const rates = {
  precision: ["truePositives", "falsePositives"],
  recall: ["truePositives", "falseNegatives"],
  specificity: ["trueNegatives", "falsePositives"],
} as const;

const shared = { numThresholds: fields.integer({ default: 200, min: 1 }), ...classField };

/**
 * The best of a rate among the thresholds at which another is at least so much, and 0 where it is nowhere. (Keras:
 * `SensitivitySpecificityBase`.)
 */
function bestAt<const Limit extends string>(limit: Limit, best: keyof typeof rates, constrained: keyof typeof rates) {
  const level = { [limit]: fields.number({ min: 0, max: 1 }) } as Readonly<Record<Limit, Field<number>>>;
  return defineMetric(
    { ...level, ...shared },
    {
      sums: (yTrue, yPred, { numThresholds, classId }, { sampleWeight }) =>
        confusionSums(yTrue, yPred, evenCutoffs(numThresholds), { sampleWeight, classId }),
      result(totals, config) {
        const atLeast = (config as Readonly<Record<string, unknown>>)[limit] as number;
        const cutoffs = evenCutoffs(config.numThresholds);
        const counts = confusionOf(totals, cutoffs);
        const feasible = cutoffs.thresholds.flatMap((_, i) =>
          Math.fround(rate(counts, i, rates[constrained])) >= Math.fround(atLeast)
            ? [rate(counts, i, rates[best])]
            : [],
        );
        return feasible.reduce((max, value) => Math.max(max, value), 0);
      },
    },
  );
}

export const precisionAtRecall = bestAt("recall", "precision", "recall");
export const recallAtPrecision = bestAt("precision", "recall", "precision");
export const sensitivityAtSpecificity = bestAt("specificity", "recall", "specificity");
export const specificityAtSensitivity = bestAt("sensitivity", "specificity", "recall");
