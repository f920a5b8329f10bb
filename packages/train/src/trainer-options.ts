import { type AnyModel, LamellaError, type Model, type OutputCount, type Tensor } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";

import type { LossOptions, LossWeights, MetricOptions, OptimizerOption } from "./compile-options.ts";
import type { DataFor } from "./data.ts";
import type { Verbosity } from "./progress.ts";

export type InputsOf<M extends AnyModel> = M extends Model<infer Inputs, infer _, infer __> ? Inputs : never;
export type OutputsOf<M extends AnyModel> = M extends Model<infer _, infer Outputs, infer __> ? Outputs : never;
export type CountOf<M extends AnyModel> = M extends Model<infer _, infer __, infer Count> ? Count : never;

/** What `predict` gives: a tensor for a model with one output, else a list in their order. */
export type Prediction<Count extends OutputCount> = Count extends "several" ? Tensor[] : Tensor;

export interface CompileOptions<Outputs extends string = string> {
  /** Where the model runs. Default: where the trainer was told. */
  readonly backend?: Backend;
  /** Default 'rmsprop', as in Keras. */
  readonly optimizer?: OptimizerOption;
  /** One loss for all outputs, a list in their order, or a record by their names. */
  readonly loss: LossOptions<Outputs>;
  /** How much each output's loss counts. Default 1. */
  readonly lossWeights?: LossWeights<Outputs>;
  readonly metrics?: MetricOptions<Outputs>;
  /** Metrics in which samples count by their weights. */
  readonly weightedMetrics?: MetricOptions<Outputs>;
  /** Decides dropout and the order of the samples. Default: drawn, see `setRandomSeed`. */
  readonly seed?: number;
}

export interface EvaluateOptions {
  /** Samples a step. Default 32. */
  readonly batchSize?: number;
  /** Default 'auto'. */
  readonly verbose?: Verbosity;
  /** Stops between two steps with a LamellaError `aborted`. */
  readonly signal?: AbortSignal;
}

export type PredictOptions = Omit<EvaluateOptions, "verbose">;

export interface FitOptions<Inputs extends string = string, Outputs extends string = string> extends EvaluateOptions {
  /** Times over all samples. Default 1. With 0 nothing happens. */
  readonly epochs?: number;
  /** Whether every epoch has an order of its own. Default true. */
  readonly shuffle?: boolean;
  /** The share of the samples, from the end, that is only evaluated. Default 0. */
  readonly validationSplit?: number;
  /** Inputs and targets to evaluate after every epoch, instead of a split. */
  readonly validationData?: readonly [DataFor<Inputs>, DataFor<Outputs>];
}

/** @throws LamellaError `config` for anything but a whole number of at least `min` */
export function checkWhole(what: string, value: number, min: number): void {
  if (Number.isSafeInteger(value) && value >= min) return;
  throw new LamellaError("config", {
    where: what,
    problem: "The value cannot be used.",
    expected: `a whole number of at least ${min}`,
    received: String(value),
  });
}
