import { type AnyModel, checkWhole, type Model, type OutputCount, type Tensor } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";

import type { BatchData, BatchStream } from "./batch-source.ts";
import type { CallbackOption } from "./callbacks/callback-list.ts";
import type { ProgressEvent } from "./callbacks/progress-reporter.ts";
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
  /** Whether a model of the policy 'mixed_float16' gets a `lossScaleOptimizer` around its optimizer. Default true. */
  readonly autoScaleLoss?: boolean;
  /**
   * Batches that `fit` and `evaluate` do in one run, with the same results: less is copied, and small steps have less around
   * them. Callbacks, those of `predict` too, are called once for all of them, and `signal` is looked at once. (Keras:
   * `steps_per_execution`.)
   *
   * Default: 1. Only where no callback looks at single batches, on a backend that copies the state at every run, `fit` on
   * arrays or `dataset()` does as many as take a tenth of a second, and two at least, where copies are a part of it that counts.
   */
  readonly stepsPerExecution?: number;
  /** Decides dropout and the order of the samples. Default: drawn, see `setRandomSeed`. */
  readonly seed?: number;
}

interface RunOptions {
  /** Samples a step. Default 32. Batches that come one by one have sizes of their own. */
  readonly batchSize?: number;
  /** Stops between two steps with a LamellaError `aborted`. */
  readonly signal?: AbortSignal;
  /** Watch and steer, in this order. */
  readonly callbacks?: readonly CallbackOption[];
}

export interface EvaluateOptions<Outputs extends string = string> extends RunOptions {
  /** Default 'auto'. */
  readonly verbose?: Verbosity;
  /** How much every sample counts; with weights of shape (batch, time), every step in time. For several outputs one each. */
  readonly sampleWeight?: DataFor<Outputs>;
  /** Batches to evaluate. Default: all. */
  readonly steps?: number;
}

export interface PredictOptions extends RunOptions {
  /** Default 0. */
  readonly verbose?: Verbosity;
  /** Batches to predict. Default: all. */
  readonly steps?: number;
}

/** Arrays, or batches that come one by one. */
export type ValidationData<Inputs extends string, Outputs extends string> =
  | BatchData<Inputs, Outputs>
  | BatchStream<BatchData<Inputs, Outputs>>;

export interface FitOptions<Inputs extends string = string, Outputs extends string = string> extends Omit<
  EvaluateOptions<Outputs>,
  "steps"
> {
  /** The number of the last epoch. Default 1. With 0 nothing happens. */
  readonly epochs?: number;
  /** The epoch to begin with, counted from 0. Default 0. */
  readonly initialEpoch?: number;
  /** Batches in an epoch. Default: all there are. */
  readonly stepsPerEpoch?: number;
  /** Whether every epoch has an order of its own. Batches that come one by one are left as they are. Default true. */
  readonly shuffle?: boolean;
  /** How much the samples of each class count, by class number. Default 1 each. For models with one output. */
  readonly classWeight?: Readonly<Record<number, number>>;
  /** The share of the samples, from the end, that is only evaluated. Default 0. */
  readonly validationSplit?: number;
  /** What to evaluate after every epoch, instead of a split. */
  readonly validationData?: ValidationData<Inputs, Outputs>;
  /** After how many epochs to validate, or after which, counted from 1. Default 1. */
  readonly validationFreq?: number | readonly number[];
  /** Batches to validate with. Default: all. */
  readonly validationSteps?: number;
  /** Samples a step of validation. Default: `batchSize`. */
  readonly validationBatchSize?: number;
  /** Is told at the beginning and the end of every epoch, and after every step; for user interfaces. */
  readonly onProgress?: (event: ProgressEvent) => void;
}

export interface OnBatchOptions<Outputs extends string = string> extends Pick<
  FitOptions<string, Outputs>,
  "sampleWeight" | "classWeight"
> {}

/** Whether an epoch, counted from 0, ends with a validation. */
export function validatesAfter(epoch: number, freq: number | readonly number[] = 1): boolean {
  if (typeof freq !== "number") return freq.includes(epoch + 1);
  checkWhole("validationFreq", freq, 1);
  return (epoch + 1) % freq === 0;
}
