import type { AnyModel, Tensor } from "@lamella/ir";

import type { Logs } from "../history.ts";
import type { Schedule } from "../schedules/schedule.ts";
import type { Direction } from "./monitor-direction.ts";

/** Where training goes on: an epoch, both counted from 0, and what its batches so far added up to. */
export interface TrainingPosition {
  readonly epoch: number;
  /** Batches of the epoch that are done. */
  readonly batch: number;
  /** What these batches reported, added up. */
  readonly sums: readonly number[];
  /** The same as values by name. */
  readonly logs: Logs;
}

/** What a callback can do to the training it watches. */
export interface TrainingControls {
  /** Ends training after this batch, validation and the hooks of the epoch included, as `stop_training` in Keras. */
  stopTraining: boolean;
  /** What happens at a loss or a gradient that is NaN or infinite: an error, or the end of training. Default 'throw'. */
  notFinite: "throw" | "stop";
  /** A number, or the schedule that gives it. @throws LamellaError `state` when set where a schedule gives it */
  get learningRate(): number | Schedule;
  set learningRate(value: number);
  /** The number of the next step, also where a schedule gives it. */
  readLearningRate(): Promise<number>;
  /** Steps of the optimizer so far. */
  readIterations(): Promise<number>;
  /** Whether training wants a value of the logs to go up or down; undefined when nobody knows. */
  directionOf(name: string): Direction | undefined;
  /**
   * Puts the optimizer's moving averages in the place of the weights, or the weights back.
   *
   * @throws LamellaError `state` for an optimizer without `useEma`
   */
  useAverages(inPlace: boolean): Promise<void>;
  /** Writes architecture, weights and the state of training to a file. */
  save(path: string): Promise<void>;
  /** Writes architecture and weights to a file. */
  saveWeights(path: string): Promise<void>;
  /**
   * Takes over the weights, the optimizer's state, the seed and the position from a file that `save` wrote while training.
   */
  resume(path: string): Promise<void>;
}

/** What one call of `fit`, `evaluate` or `predict` will do. (Keras: `params`.) */
export interface CallbackParams {
  readonly epochs: number;
  /** Batches in an epoch; undefined when nobody knows. */
  readonly steps: number | undefined;
}

/** What a batch of `predict` gave, output by output. */
export interface PredictLogs {
  readonly outputs: readonly Tensor[];
}

type Hook = void | Promise<void>;

/**
 * Watches and steers training. Override what you need; a hook may be asynchronous, and training waits for it. Logs are
 * the running values of the epoch by Keras's names, and what `onEpochEnd` adds to them goes into the history.
 * (Keras: `Callback`.)
 */
export abstract class Callback {
  /** The model that is trained; set before any hook. */
  model!: AnyModel;
  training!: TrainingControls;
  params!: CallbackParams;
  /**
   * Whether its hooks of training batches, if it has any, must see every batch. Where no callback says so, several steps may go
   * into one run, with the hooks around it. Default true.
   */
  get watchesEveryBatch(): boolean {
    return true;
  }

  onTrainBegin(_logs: Logs): Hook {}
  onTrainEnd(_logs: Logs): Hook {}
  onEpochBegin(_epoch: number, _logs: Logs): Hook {}
  onEpochEnd(_epoch: number, _logs: Logs): Hook {}
  onTrainBatchBegin(_batch: number, _logs: Logs): Hook {}
  onTrainBatchEnd(_batch: number, _logs: Logs): Hook {}
  onTestBegin(_logs: Logs): Hook {}
  onTestEnd(_logs: Logs): Hook {}
  onTestBatchBegin(_batch: number, _logs: Logs): Hook {}
  onTestBatchEnd(_batch: number, _logs: Logs): Hook {}
  onPredictBegin(_logs: Logs): Hook {}
  onPredictEnd(_logs: Logs): Hook {}
  onPredictBatchBegin(_batch: number, _logs: Logs): Hook {}
  onPredictBatchEnd(_batch: number, _logs: PredictLogs): Hook {}
}

type HookName = Extract<keyof Callback, `on${string}`>;

/** Some hooks in an object. (Keras: `LambdaCallback`.) */
export type CallbackHooks = Partial<Pick<Callback, HookName>>;

/** A callback from single functions. */
export function lambdaCallback(hooks: CallbackHooks): Callback {
  return Object.assign(new (class LambdaCallback extends Callback {})(), hooks);
}
