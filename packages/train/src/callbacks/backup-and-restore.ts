import { type ConfigOf, fields, LamellaError } from "@lamella/ir";

import { Callback } from "./callback.ts";
import { frequencyField, type OptionsOf, parseOptions, unusable } from "./options.ts";
import { BatchCounter } from "./save-frequency.ts";

const declared = {
  /** A folder for nothing else. */
  backupDir: fields.text(),
  /** Every epoch, or every so many batches. Default 'epoch'. */
  saveFreq: frequencyField(["epoch"]),
  /** Whether the file before the newest is kept, for the case that the newest cannot be read. Default false. */
  doubleCheckpoint: fields.boolean(false),
  /** Whether the backup goes when training has ended. Default true. */
  deleteCheckpoint: fields.boolean(true),
};

export type BackupAndRestoreOptions = OptionsOf<typeof declared, "backupDir">;

const latest = "latest.lamella";
const previous = "latest.lamella.bkp";

/**
 * Saves training as it goes on; a `fit` that finds what another one left behind when it ended in the middle goes on from
 * there, and ends with the same weights. Unlike Keras's it does so within an epoch, too, for data that repeat: arrays and
 * `dataset()`. The history begins with the epoch that training goes on in. As in Keras the other callbacks begin anew: what
 * an EarlyStopping had counted is forgotten. (Keras: `BackupAndRestore`.)
 */
export class BackupAndRestore extends Callback {
  private readonly options: ConfigOf<typeof declared>;
  private counter: BatchCounter | undefined;

  constructor(options: BackupAndRestoreOptions) {
    super();
    this.options = parseOptions("BackupAndRestore", declared, options);
    if (this.options.backupDir === "") {
      throw unusable("BackupAndRestore, option 'backupDir'", "the name of a folder", "");
    }
  }

  override get watchesEveryBatch(): boolean {
    return this.options.saveFreq !== "epoch";
  }

  override async onTrainBegin(): Promise<void> {
    const { saveFreq, doubleCheckpoint } = this.options;
    this.counter = saveFreq === "epoch" ? undefined : new BatchCounter(saveFreq);
    const [newest, older] = [await this.find(latest), await this.find(previous)];
    if (newest === undefined) return;
    try {
      await this.training.resume(newest);
    } catch (error) {
      const isDamaged = error instanceof LamellaError && error.code === "format";
      if (!isDamaged || !doubleCheckpoint || older === undefined) throw error;
      await this.training.resume(older);
    }
  }

  override onTrainBatchBegin(batch: number): void {
    this.counter?.begin(batch);
  }

  override async onTrainBatchEnd(batch: number): Promise<void> {
    if (this.counter?.isDue(batch) === true) await this.save();
  }

  override async onEpochEnd(): Promise<void> {
    if (this.counter === undefined) await this.save();
  }

  override async onTrainEnd(): Promise<void> {
    if (!this.options.deleteCheckpoint) return;
    const { readdir, rm, rmdir } = await import("node:fs/promises");
    const names = await readdir(this.options.backupDir).catch(() => []);
    // Files that were being written when the process ended have the name within theirs.
    const own = names.filter((name) => name.includes(latest));
    for (const name of own) await rm(await this.pathOf(name), { force: true });
    if (names.length > 0 && own.length === names.length) await rmdir(this.options.backupDir);
  }

  private async save(): Promise<void> {
    const { mkdir, copyFile } = await import("node:fs/promises");
    await mkdir(this.options.backupDir, { recursive: true });
    const old = this.options.doubleCheckpoint ? await this.find(latest) : undefined;
    if (old !== undefined) await copyFile(old, await this.pathOf(previous));
    await this.training.save(await this.pathOf(latest));
  }

  private async find(name: string): Promise<string | undefined> {
    const { access } = await import("node:fs/promises");
    const path = await this.pathOf(name);
    return access(path).then(
      () => path,
      () => undefined,
    );
  }

  private async pathOf(name: string): Promise<string> {
    const { default: paths } = await import("node:path");
    return paths.join(this.options.backupDir, name);
  }
}
