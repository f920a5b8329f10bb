import { type ConfigOf, type Field, fields, formatShape, LamellaError, Sigmoid } from "@lamella/ir";

import { type Confusion, confusionOf, confusionSums, ratio } from "./confusion.ts";
import { curveCutoffs } from "./cutoffs.ts";
import { defineMetric } from "./definition.ts";

type Numbers = readonly number[] | null;

const numbers: Field<Numbers> = {
  expects: "a list of numbers, or null",
  default: null,
  parse(input, where) {
    if (input === null || (Array.isArray(input) && input.length > 0 && input.every(Number.isFinite)))
      return input as Numbers;
    throw new LamellaError("config", {
      where,
      problem: "The value cannot be used.",
      expected: numbers.expects,
      received: JSON.stringify(input) ?? typeof input,
    });
  },
  toJson: (value) => value,
};

const declared = {
  numThresholds: fields.integer({ default: 200, min: 2 }),
  curve: fields.choice(["ROC", "PR", "PRGAIN"], "ROC"),
  summationMethod: fields.choice(["interpolation", "majoring", "minoring"], "interpolation"),
  thresholds: numbers,
  multiLabel: fields.boolean(false),
  numLabels: fields.orNull(fields.integer({ min: 1 })),
  labelWeights: numbers,
  fromLogits: fields.boolean(false),
};

type Config = ConfigOf<typeof declared>;

const cutoffsOf = ({ thresholds, numThresholds }: Config) => curveCutoffs(thresholds, numThresholds);

interface Counts {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}

/** The counts of one label at every threshold. */
function ofLabel(counts: Confusion, label: number, labels: number): readonly Counts[] {
  return Array.from({ length: counts.truePositives.length / labels }, (_, i) => {
    const at = i * labels + label;
    return {
      tp: counts.truePositives[at]!,
      fp: counts.falsePositives[at]!,
      tn: counts.trueNegatives[at]!,
      fn: counts.falseNegatives[at]!,
    };
  });
}

const curves: Readonly<Record<Config["curve"], (counts: Counts) => readonly [x: number, y: number]>> = {
  ROC: ({ tp, fp, tn, fn }) => [ratio(fp, fp + tn), ratio(tp, tp + fn)],
  PR: ({ tp, fp, fn }) => [ratio(tp, tp + fn), ratio(tp, tp + fp)],
  PRGAIN({ tp, fp, tn, fn }) {
    if (tp === 0) return [0, 1];
    const scale = ratio(tp + fn, tn + fp);
    return [Math.max(0, 1 - scale * (fn / tp)), 1 - scale * (fp / tp)];
  },
};

const heights: Readonly<Record<Config["summationMethod"], (a: number, b: number) => number>> = {
  interpolation: (a, b) => (a + b) / 2,
  majoring: Math.max,
  minoring: Math.min,
};

/** Davis and Goadrich, 2006: precision between two thresholds is no straight line. (Keras: `interpolate_pr_auc`.) */
function interpolatedStep(a: Counts, b: Counts): number {
  const [pa, pb] = [a.tp + a.fp, b.tp + b.fp];
  const gained = a.tp - b.tp;
  const slope = ratio(gained, Math.max(pa - pb, 0));
  const intercept = b.tp - slope * pb;
  const growth = pa > 0 && pb > 0 ? pa / pb : 1;
  return ratio(slope * (gained + intercept * Math.log(growth)), Math.max(b.tp + b.fn, 0));
}

function area(counts: readonly Counts[], { curve, summationMethod }: Config): number {
  const step = (a: Counts, b: Counts): number => {
    if (curve === "PR" && summationMethod === "interpolation") return interpolatedStep(a, b);
    const [[xa, ya], [xb, yb]] = [curves[curve](a), curves[curve](b)];
    return (xa - xb) * heights[summationMethod](ya, yb);
  };
  return counts.slice(1).reduce((sum, next, i) => sum + step(counts[i]!, next), 0);
}

/** The area under a curve through all thresholds. With `multiLabel`, the mean of those of the labels. (Keras: `AUC`.) */
export const auc = defineMetric(declared, {
  check({ multiLabel, numLabels }, where) {
    if (numLabels === null || multiLabel) return;
    throw new LamellaError("config", { where, problem: "'numLabels' is needed only when 'multiLabel' is true." });
  },
  sums(yTrue, yPred, config, { sampleWeight }) {
    const { multiLabel, numLabels, labelWeights } = config;
    const labels = yPred.shape.at(-1);
    const wanted = numLabels ?? labelWeights?.length;
    if (wanted !== undefined && labels !== wanted) {
      throw new LamellaError("shape", {
        problem: "The labels do not fit the predictions.",
        expected: `predictions with ${wanted} labels along the last axis`,
        received: formatShape(yPred.shape),
      });
    }
    const prediction = config.fromLogits ? Sigmoid(yPred) : yPred;
    const weights = multiLabel ? null : labelWeights;
    return confusionSums(yTrue, prediction, cutoffsOf(config), { sampleWeight, multiLabel, labelWeights: weights });
  },
  result(totals, config) {
    const cutoffs = cutoffsOf(config);
    const counts = confusionOf(totals, cutoffs);
    const labels = counts.truePositives.length / cutoffs.thresholds.length;
    const areas = Array.from({ length: labels }, (_, label) => area(ofLabel(counts, label, labels), config));
    const weights = areas.map((_, i) => (config.multiLabel ? config.labelWeights?.[i] : undefined) ?? 1);
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    return ratio(sum(areas.map((value, i) => value * weights[i]!)), sum(weights));
  },
});
