import {
  Cast,
  configToJson,
  type FieldInput,
  type Fields,
  type JsonObject,
  LamellaError,
  locate,
  parseConfig,
  resolveName,
  snakeCase,
  type Tracer,
  type ValueType,
} from "@lamella/ir";

import { functionFromJson, graphType } from "../function-json.ts";
import { computeDtype } from "../losses/compute-dtype.ts";
import { kindOfTargets } from "../losses/losses.ts";
import type { Weighting } from "../losses/reduce-loss.ts";
import { toSameRank } from "../losses/same-rank.ts";
import { meanResult } from "../report.ts";
import { type TensorFunction, type TracedFunction, tracedFunction } from "../tensor-function.ts";
import { metricAliases, metricCatalogue, metricNames, type MetricType } from "./catalogue.ts";
import type { MetricDefinition, MetricResult, Sums, Totals } from "./definition.ts";
import { totalsOf } from "./mean.ts";

/** A metric as plain data: its Keras class, its complete configuration, and the name it is reported under. */
export interface Metric {
  readonly type: MetricType;
  readonly name: string;
  readonly config: JsonObject;
}

/**
 * A metric of your own, by `ops`: targets and predictions, of one dtype and rank, to one value a sample, which are averaged.
 * Reported under its own name.
 */
export type MetricFunction = TensorFunction;

type MetricConfig<Type extends MetricType> = {
  readonly [Name in keyof (typeof metricCatalogue)[Type]["fields"]]?: FieldInput<
    (typeof metricCatalogue)[Type]["fields"][Name]
  >;
} & { readonly name?: string };

function make(type: MetricType, name: string | undefined, config: object, where: string): Metric {
  const definition: MetricDefinition = metricCatalogue[type];
  const parsed = parseConfig<Fields>(definition.fields, { ...config }, where);
  definition.check?.(parsed as never, where);
  return { type, name: name ?? definition.label ?? snakeCase(type), config: configToJson(definition.fields, parsed) };
}

const factory =
  <Type extends MetricType>(type: Type) =>
  ({ name, ...config }: MetricConfig<Type> = {}): Metric =>
    make(type, name, config, type);

/** Makes metrics with a configuration, by Keras's names. Their own names are Keras's unless told otherwise. */
export const metrics = {
  accuracy: factory("Accuracy"),
  auc: factory("AUC"),
  binaryAccuracy: factory("BinaryAccuracy"),
  binaryCrossentropy: factory("BinaryCrossentropy"),
  binaryIoU: factory("BinaryIoU"),
  categoricalAccuracy: factory("CategoricalAccuracy"),
  categoricalCrossentropy: factory("CategoricalCrossentropy"),
  categoricalHinge: factory("CategoricalHinge"),
  concordanceCorrelation: factory("ConcordanceCorrelation"),
  cosineSimilarity: factory("CosineSimilarity"),
  f1Score: factory("F1Score"),
  fBetaScore: factory("FBetaScore"),
  falseNegatives: factory("FalseNegatives"),
  falsePositives: factory("FalsePositives"),
  hinge: factory("Hinge"),
  iou: factory("IoU"),
  klDivergence: factory("KLDivergence"),
  logCoshError: factory("LogCoshError"),
  mean: factory("Mean"),
  meanAbsoluteError: factory("MeanAbsoluteError"),
  meanAbsolutePercentageError: factory("MeanAbsolutePercentageError"),
  meanIoU: factory("MeanIoU"),
  meanSquaredError: factory("MeanSquaredError"),
  meanSquaredLogarithmicError: factory("MeanSquaredLogarithmicError"),
  oneHotIoU: factory("OneHotIoU"),
  oneHotMeanIoU: factory("OneHotMeanIoU"),
  pearsonCorrelation: factory("PearsonCorrelation"),
  poisson: factory("Poisson"),
  precision: factory("Precision"),
  precisionAtRecall: factory("PrecisionAtRecall"),
  r2Score: factory("R2Score"),
  recall: factory("Recall"),
  recallAtPrecision: factory("RecallAtPrecision"),
  rootMeanSquaredError: factory("RootMeanSquaredError"),
  sensitivityAtSpecificity: factory("SensitivityAtSpecificity"),
  sparseCategoricalAccuracy: factory("SparseCategoricalAccuracy"),
  sparseCategoricalCrossentropy: factory("SparseCategoricalCrossentropy"),
  sparseTopKCategoricalAccuracy: factory("SparseTopKCategoricalAccuracy"),
  specificityAtSensitivity: factory("SpecificityAtSensitivity"),
  squaredHinge: factory("SquaredHinge"),
  sum: factory("Sum"),
  topKCategoricalAccuracy: factory("TopKCategoricalAccuracy"),
  trueNegatives: factory("TrueNegatives"),
  truePositives: factory("TruePositives"),
};

const accuracies = {
  binary: "BinaryAccuracy",
  sparse: "SparseCategoricalAccuracy",
  categorical: "CategoricalAccuracy",
} as const;

/**
 * A metric by any spelling of its Keras name, from `{ type, config, name }`, or a function. 'accuracy' and 'acc' become the
 * accuracy that fits the targets; only `{ type: "Accuracy" }` is the class of that name. A metric asked for by a text is
 * reported under that text, as in Keras.
 *
 * @throws LamellaError `name` for an unknown name, `config` for anything else.
 */
export function resolveMetric(
  input: unknown,
  yTrue: ValueType,
  yPred: ValueType,
  where = "metrics",
): Metric | TracedFunction {
  if (typeof input === "function") return tracedFunction(input as MetricFunction, where);
  const isText = typeof input === "string";
  const spec = isText ? { type: input, name: input } : input;
  if (typeof spec !== "object" || spec === null || !("type" in spec) || typeof spec.type !== "string") {
    throw new LamellaError("config", {
      where,
      problem: "This is not a metric.",
      expected: `a name (accuracy, ${metricNames.join(", ")}), { type, config }, or a function of targets and predictions`,
      received: JSON.stringify(input),
    });
  }
  if (spec.type === graphType) return functionFromJson(spec, where);
  const accuracy = accuracies[kindOfTargets(yTrue, yPred)];
  const isFitted = /^acc(uracy)?$/i.test(spec.type) && (isText || spec.type !== "Accuracy");
  const type = isFitted
    ? accuracy
    : resolveName("metric", spec.type, metricNames, where, { ...metricAliases, acc: accuracy });
  const name = "name" in spec && typeof spec.name === "string" ? spec.name : undefined;
  const config = "config" in spec && typeof spec.config === "object" && spec.config !== null ? spec.config : {};
  return make(type, name, config, `${where}, ${type}`);
}

/** What a metric is reported under. */
export function metricName(metric: Metric | TracedFunction): string {
  return metric.name === "" ? "metric" : metric.name;
}

/** What one batch adds to a metric. */
export function metricSums(
  metric: Metric | TracedFunction,
  yTrue: Tracer,
  yPred: Tracer,
  weighting: Weighting = {},
): Sums {
  return locate(metricName(metric), () => {
    if (typeof metric === "function") {
      const dtype = computeDtype(yPred);
      const values = metric(...toSameRank(Cast(yTrue, dtype), Cast(yPred, dtype)));
      return totalsOf(Cast(values, "float32"), weighting);
    }
    const definition: MetricDefinition = metricCatalogue[metric.type];
    return definition.sums(yTrue, yPred, metric.config as never, weighting);
  });
}

/** What the sums over all batches come to. */
export function metricResult(metric: Metric | TracedFunction, totals: Totals): MetricResult {
  if (typeof metric === "function") return meanResult(totals);
  const definition: MetricDefinition = metricCatalogue[metric.type];
  return definition.result(totals, metric.config as never);
}
