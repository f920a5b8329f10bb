import type { JsonValue, ValueType } from "@lamella/ir";

import { holdsFunction, metricsOf, type MeasureSpecs, optionsToJson, spread } from "./compile-options.ts";
import { functionToJson } from "./function-json.ts";
import type { LossFunction } from "./losses/losses.ts";

/** Losses and metrics of compile as data: what is a function becomes the graph it records for its output. */
export function specsToJson(
  options: MeasureSpecs,
  names: readonly string[],
  outputs: readonly ValueType[],
  targets: readonly ValueType[],
): Readonly<Record<"loss" | "metrics" | "weightedMetrics", JsonValue>> {
  const toJson = (spec: unknown, i: number): JsonValue =>
    typeof spec === "function"
      ? functionToJson(spec as LossFunction, targets[i]!, outputs[i]!)
      : optionsToJson(spec ?? null);
  const perOutput = (values: readonly JsonValue[]): JsonValue =>
    names.length === 1 ? values[0]! : Object.fromEntries(names.map((name, i) => [name, values[i]!]));
  const lists = (what: "metrics" | "weightedMetrics"): JsonValue =>
    holdsFunction(options[what])
      ? perOutput(metricsOf(options[what], names, what).map((list, i) => list.map((spec) => toJson(spec, i))))
      : optionsToJson(options[what]);
  return {
    loss: holdsFunction(options.loss)
      ? perOutput(spread(options.loss, names, "loss").map(toJson))
      : optionsToJson(options.loss),
    metrics: lists("metrics"),
    weightedMetrics: lists("weightedMetrics"),
  };
}
