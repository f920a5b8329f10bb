import { type AnyModel, LamellaError } from "@lamella/ir";

import type { Logs } from "../history.ts";
import {
  Callback,
  type CallbackHooks,
  type CallbackParams,
  lambdaCallback,
  type PredictLogs,
  type TrainingControls,
} from "./callback.ts";

/** Callbacks as they are given: one or several, objects of hooks among them. */
export type CallbackOption = Callback | CallbackHooks;

type HookName = Extract<keyof Callback, `on${string}`>;

function isOwn(hook: HookName, callback: Callback): boolean {
  return callback[hook] !== Callback.prototype[hook];
}

/** Calls the hooks of several callbacks, one after the other in their order. (Keras: `CallbackList`.) */
export class CallbackList {
  private readonly callbacks: readonly Callback[];
  /** The callbacks that override a hook, so that the others cost nothing at every batch. */
  private readonly listeners = new Map<HookName, readonly Callback[]>();

  constructor(
    callbacks: readonly CallbackOption[],
    model: AnyModel,
    training: TrainingControls,
    params: CallbackParams,
  ) {
    this.callbacks = callbacks.map(toCallback);
    for (const callback of this.callbacks) Object.assign(callback, { model, training, params });
  }

  /** Whether somebody looks at every batch of training. */
  get watchesEveryBatch(): boolean {
    const hooks = ["onTrainBatchBegin", "onTrainBatchEnd"] as const;
    return hooks.some((hook) => this.listening(hook).some((callback) => callback.watchesEveryBatch));
  }

  async begin(phase: "Train" | "Test" | "Predict"): Promise<void> {
    for (const callback of this.listening(`on${phase}Begin`)) await callback[`on${phase}Begin`]({});
  }

  async end(phase: "Train" | "Test" | "Predict", logs: Logs): Promise<void> {
    for (const callback of this.listening(`on${phase}End`)) await callback[`on${phase}End`](logs);
  }

  async epochBegin(epoch: number): Promise<void> {
    for (const callback of this.listening("onEpochBegin")) await callback.onEpochBegin(epoch, {});
  }

  async epochEnd(epoch: number, logs: Logs): Promise<void> {
    for (const callback of this.listening("onEpochEnd")) await callback.onEpochEnd(epoch, logs);
  }

  async batchBegin(phase: "Train" | "Test" | "Predict", batch: number): Promise<void> {
    for (const callback of this.listening(`on${phase}BatchBegin`)) await callback[`on${phase}BatchBegin`](batch, {});
  }

  /** @param logs makes the logs, when somebody listens */
  async batchEnd(phase: "Train" | "Test", batch: number, logs: () => Logs): Promise<void> {
    const listening = this.listening(`on${phase}BatchEnd`);
    if (listening.length === 0) return;
    const now = logs();
    for (const callback of listening) await callback[`on${phase}BatchEnd`](batch, now);
  }

  async predictBatchEnd(batch: number, logs: PredictLogs): Promise<void> {
    for (const callback of this.listening("onPredictBatchEnd")) await callback.onPredictBatchEnd(batch, logs);
  }

  private listening(hook: HookName): readonly Callback[] {
    let found = this.listeners.get(hook);
    if (found === undefined) {
      found = this.callbacks.filter((callback) => isOwn(hook, callback));
      this.listeners.set(hook, found);
    }
    return found;
  }
}

const hookNames = Object.getOwnPropertyNames(Callback.prototype).filter((name) => name.startsWith("on"));

function toCallback(option: CallbackOption): Callback {
  if (option instanceof Callback) return option;
  const stranger = Object.keys(option).find((name) => !hookNames.includes(name));
  if (stranger === undefined) return lambdaCallback(option);
  throw new LamellaError("config", {
    where: "callbacks",
    problem: `A callback has no hook '${stranger}'.`,
    expected: hookNames.join(", "),
    hint: "Give an instance of a class that extends Callback, or an object of hooks.",
  });
}
