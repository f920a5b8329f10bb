import { type ConfigOf, fields } from "@lamella/ir";

import type { Logs } from "../history.ts";
import { MonitorCallback, monitorFields } from "./monitor.ts";
import { type OptionsOf, parseOptions, unusable, verboseField } from "./options.ts";

const declared = {
  ...monitorFields,
  /** The new learning rate is the old one times this. Default 0.1. */
  factor: fields.number({ default: 0.1 }),
  /** After how many epochs without a better value. Default 10. */
  patience: fields.integer({ default: 10, min: 0 }),
  /** By how much a value must be better to count. Default 1e-4. */
  minDelta: fields.number({ default: 1e-4 }),
  /** Epochs to wait after a reduction before counting again. Default 0. */
  cooldown: fields.integer({ default: 0, min: 0 }),
  /** The smallest learning rate. Default 0. */
  minLr: fields.number({ default: 0 }),
  verbose: verboseField,
};

export type ReduceLROnPlateauOptions = OptionsOf<typeof declared>;

/** Makes the learning rate smaller when a value gets no better. (Keras: `ReduceLROnPlateau`.) */
export class ReduceLROnPlateau extends MonitorCallback {
  private readonly options: ConfigOf<typeof declared>;
  private wait = 0;
  private cooling = 0;

  constructor(options: ReduceLROnPlateauOptions = {}) {
    const parsed = parseOptions("ReduceLROnPlateau", declared, options);
    super("ReduceLROnPlateau", parsed, parsed.minDelta);
    if (parsed.factor >= 1) throw unusable("ReduceLROnPlateau, option 'factor'", "a number below 1", parsed.factor);
    this.options = parsed;
  }

  override onTrainBegin(): void {
    this.best = undefined;
    this.cooling = 0;
    this.wait = 0;
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const { patience, cooldown } = this.options;
    const rate = await this.training.readLearningRate();
    logs["learning_rate"] = rate;
    const current = logs[this.monitor];
    if (current === undefined) {
      console.warn(
        `Learning rate reduction is conditioned on metric '${this.monitor}' which is not available. ` +
          `Available metrics are: ${Object.keys(logs).join(",")}.`,
      );
      return;
    }
    if (this.cooling > 0) {
      this.cooling -= 1;
      this.wait = 0;
    }
    if (this.isImprovement(current, this.best)) {
      this.best = current;
      this.wait = 0;
    } else if (this.cooling === 0) {
      this.wait += 1;
      if (this.wait < patience || !this.reduce(rate, epoch)) return;
      this.cooling = cooldown;
      this.wait = 0;
    }
  }

  private reduce(rate: number, epoch: number): boolean {
    const { factor, minLr, verbose } = this.options;
    if (rate <= Math.fround(minLr)) return false;
    const reduced = Math.max(rate * factor, minLr);
    this.training.learningRate = reduced;
    if (verbose > 0) console.log(`\nEpoch ${epoch + 1}: ReduceLROnPlateau reducing learning rate to ${reduced}.`);
    return true;
  }
}
