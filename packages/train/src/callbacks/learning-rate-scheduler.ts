import type { ConfigOf } from "@lamella/ir";

import type { Logs } from "../history.ts";
import { Callback } from "./callback.ts";
import { functionField, type OptionsOf, parseOptions, unusable, verboseField } from "./options.ts";

const declared = {
  /** Gives the learning rate of an epoch, counted from 0, of the one before. */
  schedule: functionField<(epoch: number, learningRate: number) => number>(
    "a function (epoch, learningRate) => number",
  ),
  verbose: verboseField,
};

export type LearningRateSchedulerOptions = OptionsOf<typeof declared, "schedule">;

/** Asks a function for the learning rate of every epoch. (Keras: `LearningRateScheduler`.) */
export class LearningRateScheduler extends Callback {
  private readonly options: ConfigOf<typeof declared>;

  constructor(options: LearningRateSchedulerOptions) {
    super();
    this.options = parseOptions("LearningRateScheduler", declared, options);
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    const { schedule, verbose } = this.options;
    const rate = schedule(epoch, await this.training.readLearningRate());
    if (typeof rate !== "number" || !Number.isFinite(rate)) {
      throw unusable("LearningRateScheduler, the result of 'schedule'", "a number", rate);
    }
    this.training.learningRate = rate;
    if (verbose > 0) console.log(`\nEpoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${rate}.`);
  }

  override async onEpochEnd(_epoch: number, logs: Logs): Promise<void> {
    logs["learning_rate"] = await this.training.readLearningRate();
  }
}
