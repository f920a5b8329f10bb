import { type JsonValue, LamellaError, unknownName, type ValueType } from "@lamella/ir";

import type { lossAliases } from "./losses/catalogue.ts";
import { type Loss, type losses, type LossFunction, resolveLoss } from "./losses/losses.ts";
import type { metricAliases } from "./metrics/catalogue.ts";
import { type Metric, type MetricFunction, metricName, type metrics, resolveMetric } from "./metrics/metrics.ts";
import type { Optimizer, OptimizerType } from "./optimizers/optimizer.ts";
import { reportNames } from "./report-names.ts";
import type { TracedFunction } from "./tensor-function.ts";

/** A loss by Keras's name, in either spelling, or as data, or as a function. */
export type LossOption =
  | keyof typeof losses
  | keyof typeof lossAliases
  | "crossentropy"
  | (string & {})
  | Loss
  | LossFunction;
export type MetricOption =
  | keyof typeof metrics
  | keyof typeof metricAliases
  | "acc"
  | (string & {})
  | Metric
  | MetricFunction;
/** An optimizer by Keras's name, in any spelling, or as data. */
export type OptimizerOption = Lowercase<OptimizerType> | (string & {}) | Optimizer;

type PerOutput<Option, Names extends string> = Option | readonly Option[] | Readonly<Partial<Record<Names, Option>>>;

export type LossOptions<Names extends string> = PerOutput<LossOption, Names>;
/** For one output a list; for several a list of lists, or of one metric each, in their order, or a record by their names. */
export type MetricOptions<Names extends string> =
  | readonly MetricOption[]
  | readonly (readonly MetricOption[])[]
  | Readonly<Partial<Record<Names, MetricOption | readonly MetricOption[]>>>;

/** What an output's loss counts in the loss of the model: a number for one output, a list in their order, or a record. */
export type LossWeights<Names extends string> = number | readonly number[] | Readonly<Partial<Record<Names, number>>>;

/** A metric and the name it is reported under. */
export interface PlannedMetric {
  readonly name: string;
  readonly metric: Metric | TracedFunction;
}

/** What one output is trained and measured by. */
export interface OutputPlan {
  readonly name: string;
  readonly loss: Loss | TracedFunction | undefined;
  /** Times this its loss is added to that of the model. */
  readonly lossWeight: number;
  readonly metrics: readonly PlannedMetric[];
  /** Metrics in which samples count by their weights. */
  readonly weightedMetrics: readonly PlannedMetric[];
}

/** Whether anything is done with the targets of an output. */
export function isMeasured({ loss, metrics, weightedMetrics }: OutputPlan): boolean {
  return loss !== undefined || metrics.length > 0 || weightedMetrics.length > 0;
}

/** Whether anything is done with the sample weights of an output. */
export function usesWeights({ loss, weightedMetrics }: OutputPlan): boolean {
  return loss !== undefined || weightedMetrics.length > 0;
}

/** What decides the losses and metrics of outputs, as it was given. */
export interface MeasureSpecs {
  readonly loss: unknown;
  readonly lossWeights?: unknown;
  readonly metrics?: unknown;
  readonly weightedMetrics?: unknown;
}

function isSpec(option: unknown): boolean {
  return (
    typeof option === "string" ||
    typeof option === "function" ||
    (typeof option === "object" && option !== null && "type" in option)
  );
}

/** The option of every output from what Keras takes: one for all, a list in their order, or a record by their names. */
export function spread(given: unknown, names: readonly string[], what: string): readonly unknown[] {
  if (given === undefined || given === null) return names.map(() => undefined);
  if (isSpec(given)) return names.map(() => given);
  if (Array.isArray(given)) {
    if (given.length === names.length) return given;
    throw new LamellaError("config", {
      where: what,
      problem: "The list does not fit the outputs.",
      expected: `${names.length}: ${names.join(", ")}`,
      received: String(given.length),
      hint: "Give a list with an entry for each output, or a record by their names.",
    });
  }
  const record = given as Readonly<Record<string, unknown>>;
  const stranger = Object.keys(record).find((name) => !names.includes(name));
  if (stranger !== undefined) throw unknownName("output", stranger, names, what);
  return names.map((name) => record[name]);
}

/** The metrics of every output, as they were given. */
export function metricsOf(given: unknown, names: readonly string[], what: string): readonly (readonly unknown[])[] {
  const alone = Array.isArray(given) && (given.length === 0 || (names.length === 1 && !given.some(Array.isArray)));
  const perOutput = alone ? names.map(() => given) : spread(given, names, what);
  return perOutput.map((own) =>
    (Array.isArray(own) ? own : [own]).filter((metric: unknown) => metric !== undefined && metric !== null),
  );
}

function lossWeightsOf(given: unknown, names: readonly string[]): readonly number[] {
  const alone = typeof given === "number" && names.length === 1;
  return spread(alone ? [given] : given, names, "lossWeights").map((weight, i) => {
    const value = weight ?? 1;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new LamellaError("config", {
      where: `lossWeights, output '${names[i]}'`,
      problem: "The value cannot be used.",
      expected: "a number",
      received: JSON.stringify(value) ?? typeof value,
    });
  });
}

/**
 * Resolves losses and metrics for outputs whose targets are known.
 *
 * @throws LamellaError `name` for unknown ones and names that clash, `config` for options that do not fit the outputs
 */
export function planOutputs(
  names: readonly string[],
  outputs: readonly ValueType[],
  targets: readonly ValueType[],
  options: MeasureSpecs,
): readonly OutputPlan[] {
  const whereOf = (i: number) => (names.length === 1 ? "" : `output '${names[i]}', `);
  const resolved = (what: "metrics" | "weightedMetrics") =>
    metricsOf(options[what], names, what).map((list, i) =>
      list.map((metric) => resolveMetric(metric, targets[i]!, outputs[i]!, `${whereOf(i)}${what}`)),
    );
  const losses = spread(options.loss, names, "loss").map((loss, i) =>
    loss === undefined || loss === null ? undefined : resolveLoss(loss, targets[i]!, outputs[i]!, `${whereOf(i)}loss`),
  );
  const lossWeights = lossWeightsOf(options.lossWeights, names);
  const metrics = resolved("metrics");
  const weightedMetrics = resolved("weightedMetrics");
  const lossNames = names.filter((_, i) => losses[i] !== undefined).map((name) => `${name}_loss`);
  const reported = reportNames(
    names.map((name, i) => ({
      prefix: names.length > 1 ? `${name}_` : "",
      metrics: metrics[i]!.map(metricName),
      weightedMetrics: weightedMetrics[i]!.map(metricName),
    })),
    ["loss", ...(lossNames.length > 1 ? lossNames : [])],
  );
  const named = (list: readonly (Metric | TracedFunction)[], labels: readonly string[]) =>
    list.map((metric, at): PlannedMetric => ({ name: labels[at]!, metric }));
  return names.map((name, i) => ({
    name,
    loss: losses[i],
    lossWeight: lossWeights[i]!,
    metrics: named(metrics[i]!, reported[i]!.metrics),
    weightedMetrics: named(weightedMetrics[i]!, reported[i]!.weightedMetrics),
  }));
}

/**
 * Refuses what no data could make right.
 *
 * @throws LamellaError `name` for unknown losses and metrics, `config` without any loss
 */
export function checkNames(options: MeasureSpecs): void {
  const anything: ValueType = { shape: ["batch", 2], dtype: "float32" };
  const each = (given: unknown): readonly unknown[] =>
    typeof given === "object" && given !== null && !("type" in given) ? Object.values(given).flatMap(each) : [given];
  const given = each(options.loss).filter((loss) => loss !== undefined && loss !== null);
  if (given.length === 0) {
    throw new LamellaError("config", {
      where: "loss",
      problem: "There is no loss.",
      expected: "a name, a loss or a function; a list or a record of them for several outputs",
      received: JSON.stringify(options.loss) ?? "undefined",
      hint: "For instance compile({ loss: 'meanSquaredError' }).",
    });
  }
  for (const loss of given) resolveLoss(loss, anything, anything);
  for (const what of ["metrics", "weightedMetrics"] as const) {
    for (const metric of each(options[what])) {
      if (metric !== undefined && metric !== null) resolveMetric(metric, anything, anything, what);
    }
  }
}

/** Options as data; functions become null or are left out. */
export function optionsToJson(option: unknown): JsonValue {
  return JSON.parse(JSON.stringify(option) ?? "null") as JsonValue;
}

/** Whether a function is among options. */
export function holdsFunction(option: unknown): boolean {
  if (typeof option === "object" && option !== null) return Object.values(option).some(holdsFunction);
  return typeof option === "function";
}
