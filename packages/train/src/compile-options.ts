import { type JsonValue, LamellaError, unknownName, type ValueType } from "@lamella/ir";

import { type Loss, type LossFunction, type LossType, resolveLoss } from "./losses/losses.ts";
import { type Metric, type MetricFunction, metricName, type MetricType, resolveMetric } from "./metrics/metrics.ts";
import type { Optimizer } from "./optimizers/optimizers.ts";

type Camel<Name extends string> = Uncapitalize<Name>;

/** A loss by Keras's name, in either spelling, or as data, or as a function. */
export type LossOption = Camel<LossType> | "mse" | "mae" | "bce" | "crossentropy" | (string & {}) | Loss | LossFunction;
export type MetricOption =
  | Camel<MetricType>
  | "accuracy"
  | "acc"
  | "mse"
  | "mae"
  | (string & {})
  | Metric
  | MetricFunction;
export type OptimizerOption = "sgd" | "rmsprop" | "adam" | (string & {}) | Optimizer;

type PerOutput<Option, Names extends string> = Option | readonly Option[] | Readonly<Partial<Record<Names, Option>>>;

export type LossOptions<Names extends string> = PerOutput<LossOption, Names>;
/** For one output a list; for several a list of lists, or of one metric each, in their order, or a record by their names. */
export type MetricOptions<Names extends string> =
  | readonly MetricOption[]
  | readonly (readonly MetricOption[])[]
  | Readonly<Partial<Record<Names, MetricOption | readonly MetricOption[]>>>;

/** What one output is trained and measured by. */
export interface OutputPlan {
  readonly name: string;
  readonly loss: Loss | LossFunction | undefined;
  readonly metrics: readonly (Metric | MetricFunction)[];
}

function isSpec(option: unknown): boolean {
  return (
    typeof option === "string" ||
    typeof option === "function" ||
    (typeof option === "object" && option !== null && "type" in option)
  );
}

/** The option of every output from what Keras takes: one for all, a list in their order, or a record by their names. */
function spread(given: unknown, names: readonly string[], what: string): readonly unknown[] {
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

function metricsOf(given: unknown, names: readonly string[]): readonly (readonly unknown[])[] {
  const alone = Array.isArray(given) && (given.length === 0 || (names.length === 1 && !given.some(Array.isArray)));
  const perOutput = alone ? names.map(() => given) : spread(given, names, "metrics");
  return perOutput.map((own) =>
    (Array.isArray(own) ? own : [own]).filter((metric: unknown) => metric !== undefined && metric !== null),
  );
}

/**
 * Resolves losses and metrics for outputs whose targets are known.
 *
 * @throws LamellaError `name` for unknown ones, `config` for options that do not fit the outputs
 */
export function planOutputs(
  names: readonly string[],
  outputs: readonly ValueType[],
  targets: readonly ValueType[],
  options: { readonly loss: unknown; readonly metrics?: unknown },
): readonly OutputPlan[] {
  const lossList = spread(options.loss, names, "loss");
  const metricLists = metricsOf(options.metrics, names);
  return names.map((name, i) => {
    const where = names.length === 1 ? "" : `output '${name}', `;
    const [target, output] = [targets[i]!, outputs[i]!];
    const metrics = metricLists[i]!.map((metric) => resolveMetric(metric, target, output, `${where}metrics`));
    const labels = metrics.map(metricName);
    const twice = labels.find((label, at) => labels.indexOf(label) !== at || label === "loss");
    if (twice !== undefined) {
      throw new LamellaError("name", {
        where: `${where}metrics`,
        problem: `The name '${twice}' is reported twice.`,
        hint: "Give one of the metrics another name: { type, name }.",
      });
    }
    const loss = lossList[i] ?? undefined;
    return { name, loss: loss === undefined ? undefined : resolveLoss(loss, target, output, `${where}loss`), metrics };
  });
}

/**
 * Refuses what no data could make right.
 *
 * @throws LamellaError `name` for unknown losses and metrics, `config` without any loss
 */
export function checkNames(options: { readonly loss: unknown; readonly metrics?: unknown }): void {
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
  for (const metric of each(options.metrics)) {
    if (metric !== undefined && metric !== null) resolveMetric(metric, anything, anything);
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
