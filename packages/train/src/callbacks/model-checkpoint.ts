import { type ConfigOf, fields, LamellaError } from "@lamella/ir";

import type { Logs } from "../history.ts";
import { fillTemplate } from "./file-template.ts";
import { MonitorCallback, monitorFields } from "./monitor.ts";
import { frequencyField, type OptionsOf, parseOptions, verboseField } from "./options.ts";
import { BatchCounter } from "./save-frequency.ts";

const declared = {
  /** The file, with placeholders for the epoch, counted from 1, the batch and all values: `{epoch:02d}-{val_loss:.2f}.lamella`. */
  filepath: fields.text(),
  ...monitorFields,
  /** Whether only models that are better than all before are saved. Default false. */
  saveBestOnly: fields.boolean(false),
  /** Whether the state of training is left out. Default false. */
  saveWeightsOnly: fields.boolean(false),
  /** Every epoch, or every so many batches. Default 'epoch'. */
  saveFreq: frequencyField(["epoch"]),
  /** What the value must be better than for a first file. Default: nothing. */
  initialValueThreshold: fields.orNull(fields.number()),
  verbose: verboseField,
};

export type ModelCheckpointOptions = OptionsOf<typeof declared, "filepath">;

/** Saves the model as training goes on. A file is there whole or not at all. (Keras: `ModelCheckpoint`.) */
export class ModelCheckpoint extends MonitorCallback {
  private readonly options: ConfigOf<typeof declared>;
  private readonly counter: BatchCounter | undefined;
  private epoch = 0;

  constructor(options: ModelCheckpointOptions) {
    const parsed = parseOptions("ModelCheckpoint", declared, options);
    super("ModelCheckpoint", parsed);
    const { filepath, saveFreq, initialValueThreshold } = parsed;
    if (!filepath.endsWith(".lamella")) {
      throw new LamellaError("config", {
        where: "ModelCheckpoint, option 'filepath'",
        problem: "The name of the file has another ending.",
        expected: "one that ends with .lamella",
        received: filepath,
      });
    }
    this.options = parsed;
    this.counter = saveFreq === "epoch" ? undefined : new BatchCounter(saveFreq);
    this.best = initialValueThreshold ?? undefined;
  }

  override get watchesEveryBatch(): boolean {
    return this.options.saveFreq !== "epoch";
  }

  override onEpochBegin(epoch: number): void {
    this.epoch = epoch;
  }

  override onTrainBatchBegin(batch: number): void {
    this.counter?.begin(batch);
  }

  override async onTrainBatchEnd(batch: number, logs: Logs): Promise<void> {
    if (this.counter?.isDue(batch) === true) await this.save({ epoch: this.epoch, batch }, logs);
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    if (this.counter === undefined) await this.save({ epoch }, logs);
  }

  private async save({ epoch, batch }: { readonly epoch: number; readonly batch?: number }, logs: Logs): Promise<void> {
    const { filepath, saveWeightsOnly, verbose } = this.options;
    const numbers = { epoch: epoch + 1, ...(batch === undefined ? {} : { batch: batch + 1 }) };
    const path = fillTemplate(filepath, { ...numbers, ...logs }, "ModelCheckpoint, option 'filepath'");
    if (!this.isWanted(epoch, logs, path)) return;
    const [{ mkdir }, { default: paths }] = await Promise.all([import("node:fs/promises"), import("node:path")]);
    await mkdir(paths.dirname(path), { recursive: true });
    await (saveWeightsOnly ? this.training.saveWeights(path) : this.training.save(path));
    if (verbose > 0) console.log(`\nEpoch ${epoch + 1}: finished saving model to ${path}`);
  }

  private isWanted(epoch: number, logs: Logs, path: string): boolean {
    const { saveBestOnly, verbose } = this.options;
    const { monitor, best } = this;
    const say = (text: string) => {
      if (verbose > 0) console.log(`\nEpoch ${epoch + 1}: ${text}`);
    };
    if (!saveBestOnly) {
      say(`saving model to ${path}`);
      return true;
    }
    const current = logs[monitor];
    if (current === undefined) {
      console.warn(`Can save best model only with ${monitor} available.`);
      return true;
    }
    const shown = best === undefined ? "None" : best.toFixed(5);
    if (!this.isImprovement(current, best)) {
      say(`${monitor} did not improve from ${shown}`);
      return false;
    }
    say(`${monitor} improved from ${shown} to ${current.toFixed(5)}, saving model to ${path}`);
    this.best = current;
    return true;
  }
}
