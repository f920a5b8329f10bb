import { type JsonObject, type JsonValue, LamellaError, unknownName, type ValueType } from "@lamella/ir";
import { resolveLoss, resolveMetric, resolveOptimizer } from "@lamella/train";

import { parseSpec, parseSpecs, type Spec } from "./parse-spec.ts";

/** What a model is compiled with, as the command line writes it. */
export interface CompileChoice {
  readonly optimizer?: string | undefined;
  /** LOSS for all outputs, or OUTPUT=LOSS each. */
  readonly loss?: readonly string[] | undefined;
  /** METRIC,METRIC for all outputs, or OUTPUT=METRIC,METRIC each. */
  readonly metrics?: readonly string[] | undefined;
}

/**
 * What was chosen as data, as `compile` takes it and files hold it.
 *
 * @throws LamellaError `name` for unknown names, that lists what there is; `config` for values that cannot be used
 */
export function compileConfig({ optimizer, loss, metrics }: CompileChoice, outputs: readonly string[]): JsonObject {
  return {
    ...(optimizer === undefined ? {} : { optimizer: optimizerConfig(optimizer) }),
    ...(loss === undefined ? {} : { loss: lossConfig(loss, outputs) }),
    ...(metrics === undefined ? {} : { metrics: metricsConfig(metrics, outputs) }),
  };
}

function optimizerConfig(text: string): JsonValue {
  const { type, config } = resolveOptimizer(parseSpec(text, "--optimizer"), "--optimizer");
  return { type, config };
}

/** Whether names and options are right does not depend on the data. */
const anything: ValueType = { shape: ["batch", 2], dtype: "float32" };

/** Names alone stay names: some mean what fits the data. */
const plain = ({ type, config }: Spec): JsonValue =>
  Object.keys(config).length === 0 ? type : { type, config: config as JsonObject };

function lossConfig(texts: readonly string[], outputs: readonly string[]): JsonValue {
  const read = (text: string): JsonValue => {
    const loss = plain(parseSpec(text, "--loss"));
    resolveLoss(loss, anything, anything, "--loss");
    return loss;
  };
  const { all, own } = perOutput(texts, outputs, "--loss");
  const several = all.length > 1 || Array.from(own.values()).some((given) => given.length + all.length > 1);
  if (several) throw severalLosses(texts, outputs);
  if (all.length === 1) return read(all[0]!);
  return Object.fromEntries(Array.from(own, ([name, [text]]) => [name, read(text!)]));
}

function metricsConfig(texts: readonly string[], outputs: readonly string[]): JsonValue {
  const read = (text: string) => parseSpecs(text, "--metrics").map(metricConfig);
  const { all, own } = perOutput(texts, outputs, "--metrics");
  const shared = all.flatMap(read);
  const lists = outputs.map((name) => [name, [...shared, ...(own.get(name) ?? []).flatMap(read)]] as const);
  return outputs.length === 1 ? lists[0]![1] : Object.fromEntries(lists);
}

/** A metric is reported under its name as it was written, or the `name` among its options. */
function metricConfig({ type, config: { name = type, ...config } }: Spec): JsonValue {
  const isPlain = name === type && Object.keys(config).length === 0;
  const metric: JsonValue = isPlain ? type : { type, config: config as JsonObject, name: String(name) };
  resolveMetric(metric, anything, anything, "--metrics");
  return metric;
}

/** Sorts `OUTPUT=...` to the outputs. */
function perOutput(texts: readonly string[], outputs: readonly string[], where: string) {
  const own = new Map<string, string[]>();
  const all = texts.filter((text) => {
    const output = outputs.find((name) => text.startsWith(`${name}=`));
    if (output === undefined) {
      const stranger = /^(?<name>[^:=,]+)=/.exec(text)?.groups?.["name"];
      if (stranger !== undefined) throw unknownName("output", stranger, outputs, where);
      return true;
    }
    own.set(output, [...(own.get(output) ?? []), text.slice(output.length + 1)]);
    return false;
  });
  return { all, own };
}

function severalLosses(texts: readonly string[], outputs: readonly string[]): LamellaError {
  return new LamellaError("config", {
    where: "--loss",
    problem: "There is more than one loss for an output.",
    expected: `one loss, or --loss OUTPUT=LOSS for each of ${outputs.join(", ")}`,
    received: texts.join(", "),
  });
}
