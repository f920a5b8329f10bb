import type { ConfigOf, Fields, Tracer } from "@lamella/ir";

import type { Weighting } from "../losses/reduce-loss.ts";

/** What one batch adds to a metric: tensors of fixed sizes, by name. */
export type Sums = Readonly<Record<string, Tracer>>;

/** The same added over batches, on the host. */
export type Totals = Readonly<Record<string, Float64Array>>;

/** A number, or one for each class or threshold. */
export type MetricResult = number | readonly number[];

/** A kind of metric: what a batch adds to it, computed in the step's graph, and what the sums come to, on the host. */
export interface MetricDefinition<in Config = never> {
  readonly fields: Fields;
  /** What it is reported under unless it has a name of its own. Default: its type in snake case. */
  readonly label?: string;
  /** Refuses values that are right by themselves and not together. */
  readonly check?: (config: Config, where: string) => void;
  readonly sums: (yTrue: Tracer, yPred: Tracer, config: Config, weighting: Weighting) => Sums;
  readonly result: (totals: Totals, config: Config) => MetricResult;
}

/** Types the configuration by its fields. */
export function defineMetric<F extends Fields>(
  fields: F,
  parts: Omit<MetricDefinition<ConfigOf<F>>, "fields">,
): MetricDefinition & { readonly fields: F } {
  return { fields, ...parts };
}
