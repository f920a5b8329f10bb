import { type ConfigOf, fields } from "@lamella/ir";

import type { Logs } from "../history.ts";
import { Callback } from "./callback.ts";
import { frequencyField, type OptionsOf, parseOptions, recordField } from "./options.ts";
import type { EventWriter } from "./tensorboard/event-writer.ts";
import type { Hyperparameter } from "./tensorboard/summaries.ts";

const declared = {
  /** The folder, which gets subfolders `train` and `validation`. Default 'logs'. */
  logDir: fields.text("logs"),
  /** After how many epochs to write histograms of the weights. Default 0: never. */
  histogramFreq: fields.integer({ default: 0, min: 0 }),
  /** Whether to write the graph of the layers, and that of the primitives they come to. Default true. */
  writeGraph: fields.boolean(true),
  /** Whether to write how many steps a second there were. Default false. */
  writeStepsPerSecond: fields.boolean(false),
  /** Whether to write values after every batch, or so many batches, beside those of the epochs. Default 'epoch': no. */
  updateFreq: frequencyField(["epoch", "batch"]),
  /** Hyperparameters of this training, for the tab of that name. Default: none. */
  hparams: recordField<Hyperparameter>("a record of numbers, texts, true and false", (value) =>
    ["number", "string", "boolean"].includes(typeof value),
  ),
};

export type TensorBoardOptions = OptionsOf<typeof declared>;

/**
 * Writes event files for TensorBoard, with Keras's names. Unlike Keras's, `updateFreq` has no influence on what is written
 * once an epoch. Images of weights, embeddings and profiles are not written. (Keras: `TensorBoard`, and `hparams.KerasCallback`
 * of TensorBoard.)
 */
export class TensorBoard extends Callback {
  private readonly options: ConfigOf<typeof declared>;
  private writer!: EventWriter;
  private trains = false;
  private trainBatch = 0;
  private batchStart = 0;
  private epochStart = 0;
  private epochIterations = 0;

  constructor(options: TensorBoardOptions = {}) {
    super();
    this.options = parseOptions("TensorBoard", declared, options);
  }

  override get watchesEveryBatch(): boolean {
    return this.options.updateFreq !== "epoch";
  }

  override async onTrainBegin(): Promise<void> {
    this.trains = true;
    this.trainBatch = 0;
    await this.begin();
    if (this.options.hparams !== null) await this.writer.sessionStart(this.options.hparams);
    await this.writer.flush();
  }

  override async onTrainEnd(): Promise<void> {
    this.trains = false;
    if (this.options.hparams !== null) this.writer.sessionEnd();
    await this.writer.flush();
  }

  override async onTestBegin(): Promise<void> {
    if (!this.trains) await this.begin();
  }

  override async onTestEnd(logs: Logs): Promise<void> {
    const step = await this.training.readIterations();
    for (const [name, value] of Object.entries(logs)) {
      this.writer.scalar("validation", `evaluation_${name}_vs_iterations`, value, step);
    }
    if (!this.trains) await this.writer.flush();
  }

  override onTrainBatchBegin(): void {
    this.trainBatch += 1;
    this.batchStart = performance.now();
  }

  override async onTrainBatchEnd(_batch: number, logs: Logs): Promise<void> {
    const { updateFreq, writeStepsPerSecond } = this.options;
    const { trainBatch, writer } = this;
    if (updateFreq === "epoch" || trainBatch % (updateFreq === "batch" ? 1 : updateFreq) !== 0) return;
    if (writeStepsPerSecond) {
      writer.scalar("train", "batch_steps_per_second", perSecond(1, this.batchStart), trainBatch);
    }
    for (const [name, value] of Object.entries(logs)) writer.scalar("train", `batch_${name}`, value, trainBatch);
    await writer.flushSoon();
  }

  override async onEpochBegin(): Promise<void> {
    if (!this.options.writeStepsPerSecond) return;
    this.epochIterations = await this.training.readIterations();
    this.epochStart = performance.now();
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const { histogramFreq, writeStepsPerSecond } = this.options;
    const trained: Logs = {};
    for (const [name, value] of Object.entries(logs)) {
      if (name.startsWith("val_")) this.writer.scalar("validation", `epoch_${name.slice(4)}`, value, epoch);
      else trained[name] = value;
    }
    trained["learning_rate"] = await this.training.readLearningRate();
    if (writeStepsPerSecond) {
      const steps = (await this.training.readIterations()) - this.epochIterations;
      trained["steps_per_second"] = perSecond(steps, this.epochStart);
    }
    for (const [name, value] of Object.entries(trained)) this.writer.scalar("train", `epoch_${name}`, value, epoch);
    if (histogramFreq > 0 && epoch % histogramFreq === 0) await this.writeWeights(epoch);
    await this.writer.flush();
  }

  /** New files, as for every `fit` in Keras. */
  private async begin(): Promise<void> {
    // What writes events brings protobuf along, and is loaded when it is used.
    const { EventWriter: Writer } = await import("./tensorboard/event-writer.ts");
    this.writer = new Writer(this.options.logDir);
    if (this.options.writeGraph) this.writer.graphs(this.model);
  }

  private async writeWeights(epoch: number): Promise<void> {
    for (const variable of this.model.layers.flatMap(({ weights }) => weights)) {
      const values = (await variable.read()).toNumbers();
      this.writer.histogram(`${variable.path.replaceAll(":", "_")}/histogram`, values, epoch);
    }
  }
}

/** How many a second since a time, which may be too short to be measured. */
function perSecond(count: number, start: number): number {
  return (1000 * count) / Math.max(performance.now() - start, 1e-3);
}
