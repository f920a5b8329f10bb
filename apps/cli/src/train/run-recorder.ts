import type { JsonObject } from "@lamella/ir";
import { Callback, type Logs } from "@lamella/train";

import type { BackupFolder, RunRecord } from "./backup-folder.ts";

/** Keeps what the epochs of a run reported, across interruptions, beside the backup. */
export class RunRecorder extends Callback {
  private readonly folder: BackupFolder;
  private readonly settings: JsonObject;
  private epochs: RunRecord["epochs"];
  private isWritten = false;
  /** The epoch that this process began with; undefined before it did. */
  first: number | undefined;

  /** @param before the record of the run that goes on */
  constructor(folder: BackupFolder, settings: JsonObject, before: RunRecord | undefined) {
    super();
    this.folder = folder;
    this.settings = settings;
    this.epochs = before?.epochs ?? [];
  }

  /** Keras's history: the epochs, and every value by its name. */
  get history(): { readonly epoch: readonly number[]; readonly history: Readonly<Record<string, readonly number[]>> } {
    const names = [...new Set(this.epochs.flatMap(({ logs }) => Object.keys(logs)))];
    const valuesOf = (name: string) => this.epochs.flatMap(({ logs }) => (name in logs ? [logs[name]!] : []));
    return {
      epoch: this.epochs.map(({ epoch }) => epoch),
      history: Object.fromEntries(names.map((name) => [name, valuesOf(name)])),
    };
  }

  override get watchesEveryBatch(): boolean {
    return false;
  }

  override onEpochBegin(epoch: number): void {
    if (this.first !== undefined) return;
    this.first = epoch;
    this.epochs = this.epochs.filter((entry) => entry.epoch < epoch);
  }

  override async onTrainBatchEnd(): Promise<void> {
    if (!this.isWritten) await this.write();
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    this.epochs = [...this.epochs, { epoch, logs: { ...logs } }];
    await this.write();
  }

  private async write(): Promise<void> {
    this.isWritten = true;
    await this.folder.writeRecord({ settings: this.settings, epochs: this.epochs });
  }
}
