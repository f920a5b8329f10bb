import {
  Cast,
  type ConfigOf,
  configToJson,
  type Fields,
  fields,
  type JsonObject,
  LamellaError,
  locate,
  parseConfig,
  resolveName,
  snakeCase,
  type Tracer,
  type ValueType,
} from "@lamella/ir";

import { smoothingFields } from "../losses/catalogue.ts";
import { kindOfTargets, type Loss, losses, lossValues } from "../losses/losses.ts";
import type { Weighting } from "../losses/reduce-loss.ts";
import { toSameRank } from "../losses/same-rank.ts";
import { meanResult } from "../report.ts";
import { binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } from "./accuracy.ts";
import { defineMetric, type MetricDefinition, type MetricResult, type Sums, type Totals } from "./definition.ts";
import { totalsOf } from "./mean.ts";

/** A metric as plain data: its Keras class, its complete configuration, and the name it is reported under. */
export interface Metric {
  readonly type: MetricType;
  readonly name: string;
  readonly config: JsonObject;
}

/**
 * A metric of your own: targets and predictions, of one dtype and rank, to one value a sample, which are averaged. Reported
 * under its own name.
 */
export type MetricFunction = (yTrue: Tracer, yPred: Tracer) => Tracer;

/** The mean of values, one a sample or more. (Keras: `MeanMetricWrapper`.) */
function define<F extends Fields>(
  declared: F,
  compute: (yTrue: Tracer, yPred: Tracer, config: ConfigOf<F>) => Tracer,
): MetricDefinition & { readonly fields: F } {
  return defineMetric(declared, {
    sums: (yTrue, yPred, config, weighting) => totalsOf(Cast(compute(yTrue, yPred, config), "float32"), weighting),
    result: meanResult,
  });
}

/** A loss as a metric: its values before reduction. */
function ofLoss<F extends Fields>(
  declared: F,
  lossOf: (config: ConfigOf<F>) => Loss,
): MetricDefinition & { readonly fields: F } {
  return define(declared, (yTrue, yPred, config) => lossValues(lossOf(config), yTrue, yPred).values);
}

/** Keras's metrics with Keras's defaults. */
const table = {
  BinaryAccuracy: define({ threshold: fields.number({ default: 0.5 }) }, (yTrue, yPred, { threshold }) =>
    binaryAccuracy(yTrue, yPred, threshold),
  ),
  CategoricalAccuracy: define({}, categoricalAccuracy),
  SparseCategoricalAccuracy: define({}, sparseCategoricalAccuracy),
  MeanSquaredError: ofLoss({}, losses.meanSquaredError),
  MeanAbsoluteError: ofLoss({}, losses.meanAbsoluteError),
  CategoricalCrossentropy: ofLoss(smoothingFields, losses.categoricalCrossentropy),
  SparseCategoricalCrossentropy: ofLoss(
    { fromLogits: smoothingFields.fromLogits, axis: smoothingFields.axis },
    losses.sparseCategoricalCrossentropy,
  ),
  BinaryCrossentropy: ofLoss(smoothingFields, losses.binaryCrossentropy),
} satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricType = keyof typeof table;
type MetricConfig<Type extends MetricType> = Partial<ConfigOf<(typeof table)[Type]["fields"]>> & {
  readonly name?: string;
};

export const metricNames = Object.keys(table) as readonly MetricType[];

function make(type: MetricType, name: string, config: object, where: string): Metric {
  const declared: Fields = table[type].fields;
  return { type, name, config: configToJson(declared, parseConfig(declared, { ...config }, where)) };
}

const factory =
  <Type extends MetricType>(type: Type) =>
  ({ name, ...config }: MetricConfig<Type> = {}): Metric =>
    make(type, name ?? snakeCase(type), config, type);

/** Makes metrics with a configuration, by Keras's names. Their own names are Keras's unless told otherwise. */
export const metrics = {
  binaryAccuracy: factory("BinaryAccuracy"),
  categoricalAccuracy: factory("CategoricalAccuracy"),
  sparseCategoricalAccuracy: factory("SparseCategoricalAccuracy"),
  meanSquaredError: factory("MeanSquaredError"),
  meanAbsoluteError: factory("MeanAbsoluteError"),
  categoricalCrossentropy: factory("CategoricalCrossentropy"),
  sparseCategoricalCrossentropy: factory("SparseCategoricalCrossentropy"),
  binaryCrossentropy: factory("BinaryCrossentropy"),
};

const accuracies = {
  binary: "BinaryAccuracy",
  sparse: "SparseCategoricalAccuracy",
  categorical: "CategoricalAccuracy",
} as const;

/**
 * A metric by any spelling of its Keras name, from `{ type, config, name }`, or a function. 'accuracy' and 'acc' become the
 * accuracy that fits the targets. A metric asked for by a text is reported under that text, as in Keras.
 *
 * @throws LamellaError `name` for an unknown name, `config` for anything else.
 */
export function resolveMetric(
  input: unknown,
  yTrue: ValueType,
  yPred: ValueType,
  where = "metrics",
): Metric | MetricFunction {
  if (typeof input === "function") return input as MetricFunction;
  const spec = typeof input === "string" ? { type: input, name: input } : input;
  if (typeof spec !== "object" || spec === null || !("type" in spec) || typeof spec.type !== "string") {
    throw new LamellaError("config", {
      where,
      problem: "This is not a metric.",
      expected: `a name (accuracy, ${metricNames.join(", ")}), { type, config }, or a function of targets and predictions`,
      received: JSON.stringify(input),
    });
  }
  const accuracy = accuracies[kindOfTargets(yTrue, yPred)];
  const type = resolveName("metric", spec.type, metricNames, where, {
    bce: "BinaryCrossentropy",
    mse: "MeanSquaredError",
    mae: "MeanAbsoluteError",
    accuracy,
    acc: accuracy,
  });
  const name = "name" in spec && typeof spec.name === "string" ? spec.name : snakeCase(type);
  const config = "config" in spec && typeof spec.config === "object" && spec.config !== null ? spec.config : {};
  return make(type, name, config, `${where}, ${type}`);
}

/** What a metric is reported under. */
export function metricName(metric: Metric | MetricFunction): string {
  return metric.name === "" ? "metric" : metric.name;
}

/** What one batch adds to a metric. */
export function metricSums(
  metric: Metric | MetricFunction,
  yTrue: Tracer,
  yPred: Tracer,
  weighting: Weighting = {},
): Sums {
  return locate(metricName(metric), () => {
    if (typeof metric === "function") {
      const values = metric(...toSameRank(Cast(yTrue, yPred.dtype), yPred));
      return totalsOf(Cast(values, "float32"), weighting);
    }
    const definition: MetricDefinition = table[metric.type];
    return definition.sums(yTrue, yPred, metric.config as never, weighting);
  });
}

/** What the sums over all batches come to. */
export function metricResult(metric: Metric | MetricFunction, totals: Totals): MetricResult {
  if (typeof metric === "function") return meanResult(totals);
  const definition: MetricDefinition = table[metric.type];
  return definition.result(totals, metric.config as never);
}
