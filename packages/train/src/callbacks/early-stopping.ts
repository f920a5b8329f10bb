import { type ConfigOf, fields, type Tensor } from "@lamella/ir";

import type { Logs } from "../history.ts";
import { MonitorCallback, monitorFields } from "./monitor.ts";
import { type OptionsOf, parseOptions, verboseField } from "./options.ts";

const declared = {
  ...monitorFields,
  /** By how much a value must be better to count. Default 0. */
  minDelta: fields.number({ default: 0 }),
  /** After how many epochs without a better value training ends. Default 0. */
  patience: fields.integer({ default: 0, min: 0 }),
  /** What the value must be better than for patience to begin again. Default: nothing. */
  baseline: fields.orNull(fields.number()),
  /** Whether the model ends with the weights of the best epoch. Default false. */
  restoreBestWeights: fields.boolean(false),
  /** The first epoch that counts, from 0. Default 0. */
  startFromEpoch: fields.integer({ default: 0, min: 0 }),
  verbose: verboseField,
};

export type EarlyStoppingOptions = OptionsOf<typeof declared>;

/** Ends training when a value gets no better. What it has counted begins anew with every `fit`. (Keras: `EarlyStopping`.) */
export class EarlyStopping extends MonitorCallback {
  private readonly options: ConfigOf<typeof declared>;
  private wait = 0;
  private stoppedEpoch = 0;
  private bestEpoch = 0;
  private bestWeights: readonly Tensor[] | undefined;

  constructor(options: EarlyStoppingOptions = {}) {
    const parsed = parseOptions("EarlyStopping", declared, options);
    super("EarlyStopping", parsed, parsed.minDelta);
    this.options = parsed;
  }

  override onTrainBegin(): void {
    this.wait = 0;
    this.stoppedEpoch = 0;
    this.bestEpoch = 0;
    this.best = undefined;
    this.bestWeights = undefined;
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const { patience, baseline, restoreBestWeights, startFromEpoch } = this.options;
    const current = logs[this.monitor];
    if (current === undefined) this.warn(logs);
    if (current === undefined || epoch < startFromEpoch) return;
    if (restoreBestWeights && this.bestWeights === undefined) {
      this.bestWeights = await this.model.getWeights();
      this.bestEpoch = epoch;
    }
    this.wait += 1;
    if (this.isImprovement(current, this.best)) {
      this.best = current;
      this.bestEpoch = epoch;
      if (restoreBestWeights) this.bestWeights = await this.model.getWeights();
      if (baseline === null || this.isImprovement(current, baseline)) this.wait = 0;
      return;
    }
    if (this.wait >= patience && epoch > 0) {
      this.stoppedEpoch = epoch;
      this.training.stopTraining = true;
    }
  }

  override onTrainEnd(): void {
    const { verbose } = this.options;
    if (this.stoppedEpoch > 0 && verbose > 0) console.log(`Epoch ${this.stoppedEpoch + 1}: early stopping`);
    if (this.bestWeights === undefined) return;
    if (verbose > 0) {
      console.log(`Restoring model weights from the end of the best epoch: ${this.bestEpoch + 1}.`);
    }
    this.model.setWeights(this.bestWeights);
  }

  private warn(logs: Logs): void {
    console.warn(
      `Early stopping conditioned on metric '${this.monitor}' which is not available. ` +
        `Available metrics are: ${Object.keys(logs).join(",")}`,
    );
  }
}
