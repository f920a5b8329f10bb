import type { ValueType } from "@lamella/ir";

import type { MetricType } from "../metrics/catalogue.ts";
import { metricName, resolveMetric } from "../metrics/metrics.ts";
import type { CompileOptions } from "../trainer-options.ts";

/** Whether training wants a value to go up or down. */
export type Direction = "up" | "down";

/** As Keras's metrics declare it: undefined for those whose value is neither good nor bad. */
const directions: Readonly<Record<MetricType, Direction | undefined>> = {
  AUC: "up",
  Accuracy: "up",
  BinaryAccuracy: "up",
  BinaryCrossentropy: "down",
  BinaryIoU: "up",
  CategoricalAccuracy: "up",
  CategoricalCrossentropy: "down",
  CategoricalHinge: "down",
  ConcordanceCorrelation: "up",
  CosineSimilarity: "up",
  F1Score: "up",
  FBetaScore: "up",
  FalseNegatives: undefined,
  FalsePositives: undefined,
  Hinge: "down",
  IoU: "up",
  KLDivergence: "down",
  LogCoshError: "down",
  Mean: undefined,
  MeanAbsoluteError: "down",
  MeanAbsolutePercentageError: "down",
  MeanIoU: "up",
  MeanSquaredError: "down",
  MeanSquaredLogarithmicError: "down",
  OneHotIoU: "up",
  OneHotMeanIoU: "up",
  PearsonCorrelation: "up",
  Poisson: "down",
  Precision: "up",
  PrecisionAtRecall: "up",
  R2Score: "up",
  Recall: "up",
  RecallAtPrecision: "up",
  RootMeanSquaredError: "down",
  SensitivityAtSpecificity: "up",
  SparseCategoricalAccuracy: "up",
  SparseCategoricalCrossentropy: "down",
  SparseTopKCategoricalAccuracy: "up",
  SpecificityAtSensitivity: "up",
  SquaredHinge: "down",
  Sum: undefined,
  TopKCategoricalAccuracy: "up",
  TrueNegatives: undefined,
  TruePositives: undefined,
};

/** Whatever the targets are, 'accuracy' is an accuracy. */
const anything: ValueType = { shape: ["batch", 2], dtype: "float32" };

function each(given: unknown): readonly unknown[] {
  if (given === undefined || given === null) return [];
  return typeof given === "object" && !("type" in given) ? Object.values(given).flatMap(each) : [given];
}

/**
 * Where a reported value should go, `val_` in front or not; undefined for values of which nobody knows. Losses go down.
 * Beyond Keras, which compares the metric's own name, the names that outputs, weights and repetition make of it count, too.
 */
export function directionOf(
  reported: string,
  outputs: readonly string[],
  options: CompileOptions,
): Direction | undefined {
  const name = reported.replace(/^val_/u, "");
  if (name === "loss" || outputs.some((output) => name === `${output}_loss`)) return "down";
  const plain = name.replace(/\[\d+\]$/u, "");
  const spellings = [plain, plain.replace(/_\d+$/u, "")];
  let found: { readonly length: number; readonly direction: Direction | undefined } | undefined;
  for (const given of [...each(options.metrics), ...each(options.weightedMetrics)]) {
    const metric = resolveMetric(given, anything, anything);
    const own = metricName(metric);
    const fits = spellings.some((spelling) => spelling === own || spelling.endsWith(`_${own}`));
    if (!fits || (found !== undefined && found.length >= own.length)) continue;
    found = { length: own.length, direction: typeof metric === "function" ? undefined : directions[metric.type] };
  }
  return found?.direction;
}
