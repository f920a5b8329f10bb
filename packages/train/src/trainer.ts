import {
  type AnyModel,
  checkWhole,
  LamellaError,
  modelToData,
  type SavedModel,
  type SavedTraining,
  setWeightsFromData,
} from "@lamella/ir";
import type { Backend } from "@lamella/runtime";

import { type BatchData, type BatchSource, type BatchStream, isBatchStream } from "./batch-source.ts";
import { wholeBatch } from "./batches.ts";
import { CallbackList, type CallbackOption } from "./callbacks/callback-list.ts";
import type { CallbackParams, TrainingControls, TrainingPosition } from "./callbacks/callback.ts";
import { type Direction, directionOf } from "./callbacks/monitor-direction.ts";
import { ProgbarLogger } from "./callbacks/progbar-logger.ts";
import { ProgressReporter } from "./callbacks/progress-reporter.ts";
import type { DataFor } from "./data.ts";
import { Engine } from "./engine.ts";
import { type DataPosition, Epochs } from "./epochs.ts";
import { History, type Logs } from "./history.ts";
import { inputBatches, predictAll } from "./predict-all.ts";
import { inputSamples, prepare } from "./prepare.ts";
import type { Verbosity } from "./progress.ts";
import { ReportTotals } from "./report.ts";
import { runSteps, type StepsOptions, withProgress } from "./run-steps.ts";
import { restoreCarried, savedOptions, savedProgress, saveTraining } from "./saved-training.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { stepsOf, testSource, trainingSources } from "./sources.ts";
import {
  type CompileOptions,
  type CountOf,
  type EvaluateOptions,
  type FitOptions,
  type InputsOf,
  type OnBatchOptions,
  type OutputsOf,
  type Prediction,
  type PredictOptions,
  validatesAfter,
} from "./trainer-options.ts";

/** How models are written to files and read, for callbacks that save. */
export interface TrainingFiles {
  write(path: string, saved: SavedModel): Promise<void>;
  read(path: string): Promise<SavedModel>;
}

type BatchesFor<M extends AnyModel> = BatchStream<BatchData<InputsOf<M>, OutputsOf<M>>>;

/** Trains, evaluates and runs a model, as Keras's Model does. */
export class Trainer<M extends AnyModel = AnyModel> implements TrainingControls, AsyncDisposable {
  readonly model: M;
  stopTraining = false;
  notFinite: TrainingControls["notFinite"] = "throw";
  private readonly engine: Engine;
  private readonly files: TrainingFiles | undefined;
  private data: DataPosition = { passes: 0, offset: 0 };
  /** Where a `fit` that is running stands. */
  private current: { readonly epoch: number; readonly batch: number; readonly totals?: ReportTotals } | undefined;
  /** Where a `fit` that was resumed goes on. */
  private resumed: TrainingPosition | undefined;

  /**
   * @param backend where the model runs unless `compile` says otherwise
   * @param files how callbacks save; without it they cannot
   */
  constructor(model: M, backend: Backend, files?: TrainingFiles) {
    this.model = model;
    this.engine = new Engine(model, backend);
    this.files = files;
  }

  /** @throws LamellaError `name` for an unknown optimizer, loss or metric */
  compile(options: CompileOptions<OutputsOf<M>>): void {
    this.engine.compile(options);
    this.data = { passes: 0, offset: 0 };
  }

  /** The learning rate of the steps to come: a number, or the schedule that gives it. */
  get learningRate(): number | Schedule {
    return this.engine.learningRate;
  }

  /** Holds from the next step on. @throws LamellaError `state` where a schedule gives the learning rate */
  set learningRate(value: number) {
    this.engine.learningRate = value;
  }

  /** The number that the next step multiplies with, whether it was set or follows a schedule. */
  readLearningRate(): Promise<number> {
    return this.engine.optimizerState.readLearningRate();
  }

  async readIterations(): Promise<number> {
    return Number((await this.engine.optimizerState.iterations.read()).data[0]);
  }

  /** Whether a reported value should go up or down; undefined when nobody knows. */
  directionOf(name: string): Direction | undefined {
    return directionOf(name, this.model.outputNames, this.engine.current.options);
  }

  /** Puts the optimizer's moving averages in the place of the weights, or the weights back. */
  useAverages(inPlace: boolean): Promise<void> {
    return this.engine.optimizerState.useAverages(inPlace);
  }

  /**
   * Trains for a number of epochs, on arrays or on batches that come one by one.
   *
   * @throws LamellaError `data` for data that does not fit; `not-finite`, which names the step, when the loss or a gradient is
   * NaN or infinite, unless the optimizer leaves out such steps; `aborted`
   */
  fit(
    x: DataFor<InputsOf<M>>,
    y: DataFor<OutputsOf<M>>,
    options?: FitOptions<InputsOf<M>, OutputsOf<M>>,
  ): Promise<History>;
  fit(batches: BatchesFor<M>, options?: FitOptions<InputsOf<M>, OutputsOf<M>>): Promise<History>;
  async fit(x: unknown, yOrOptions?: unknown, given?: FitOptions): Promise<History> {
    const [y, options] = withoutTargets<FitOptions>(x, yOrOptions, given);
    const { epochs = 1, initialEpoch = 0, verbose, stepsPerEpoch, signal, onProgress } = options;
    const reporters = onProgress === undefined ? [] : [new ProgressReporter(onProgress)];
    const callbacks = [...(options.callbacks ?? []), ...reporters];
    checkWhole("epochs", epochs, 0);
    checkWhole("initialEpoch", initialEpoch, 0);
    const { model, engine } = this;
    const { train, validation } = trainingSources(model, engine.current, x, y, options);
    const params = { epochs, steps: stepsOf("stepsPerEpoch", stepsPerEpoch, train.steps) };
    if (validation !== undefined) stepsOf("validationSteps", options.validationSteps, validation.steps);
    this.stopTraining = false;
    this.notFinite = "throw";
    return this.watched(verbose, callbacks, params, async (list) => {
      const history = new History();
      await list.begin("Train");
      const feed = new Epochs(train, this.data, stepsPerEpoch);
      let logs: Logs = {};
      try {
        for (let epoch = this.resumed?.epoch ?? initialEpoch; epoch < epochs && !this.stopTraining; epoch++) {
          await list.epochBegin(epoch);
          logs = await this.trainEpoch(epoch, feed, list, signal);
          if (validation !== undefined && validatesAfter(epoch, options.validationFreq)) {
            const where = `epoch ${epoch + 1}, validation `;
            const measured = await this.test(validation, { where, signal, steps: options.validationSteps }, list);
            for (const [name, value] of Object.entries(measured)) logs[`val_${name}`] = value;
          }
          this.mark(feed, { epoch: epoch + 1, batch: 0 });
          await list.epochEnd(epoch, logs);
          history.add(epoch, logs);
        }
      } finally {
        this.data = await feed.close();
        this.current = undefined;
        this.resumed = undefined;
      }
      if (epochs > 0) await engine.optimizerState.finish();
      await list.end("Train", logs);
      return history;
    });
  }

  private async trainEpoch(
    epoch: number,
    feed: Epochs,
    list: CallbackList,
    signal: AbortSignal | undefined,
  ): Promise<Logs> {
    const { batch: done, sums, logs } = this.resumed ?? { batch: 0, sums: [], logs: {} };
    this.resumed = undefined;
    let next = done;
    try {
      const measured = await runSteps(feed.epoch(done), {
        runnerFor: (form) => this.engine.runner("train", form),
        together: this.engine.stepsPerExecution ?? (feed.mayRunAhead && !list.watchesEveryBatch ? undefined : 1),
        where: `epoch ${epoch + 1}, `,
        signal,
        done,
        sums,
        begin: (batch) => list.batchBegin("Train", batch),
        stepped: (batch) => {
          next = batch + 1;
        },
        end: async (batch, totals) => {
          this.mark(feed, { epoch, batch: batch + 1, totals });
          await list.batchEnd("Train", batch, () => totals.logs);
          return !this.stopTraining;
        },
      });
      return measured ?? { ...logs };
    } catch (error) {
      if (this.notFinite === "throw" || !(error instanceof LamellaError) || error.code !== "not-finite") throw error;
      this.stopTraining = true;
      const broken = { loss: Number.NaN };
      await list.batchEnd("Train", next, () => broken);
      return broken;
    }
  }

  /** Remembers how far training is, for those who save in the middle of it. */
  private mark(feed: Epochs, current: NonNullable<typeof this.current>): void {
    this.data = feed.position;
    this.current = current;
  }

  /** The loss and the metrics over all samples, by Keras's names. */
  evaluate(x: DataFor<InputsOf<M>>, y: DataFor<OutputsOf<M>>, options?: EvaluateOptions<OutputsOf<M>>): Promise<Logs>;
  evaluate(batches: BatchesFor<M>, options?: EvaluateOptions<OutputsOf<M>>): Promise<Logs>;
  async evaluate(x: unknown, yOrOptions?: unknown, given?: EvaluateOptions): Promise<Logs> {
    const [y, options] = withoutTargets<EvaluateOptions>(x, yOrOptions, given);
    const { verbose, callbacks = [], steps, signal } = options;
    const source = testSource(this.model, this.engine.current, x, y, options);
    const params = { epochs: 1, steps: stepsOf("steps", steps, source.steps) };
    return this.watched(verbose, callbacks, params, (list) =>
      this.test(source, { where: "evaluation ", signal, steps }, list),
    );
  }

  private async test(
    source: BatchSource,
    { where, signal, steps }: Pick<StepsOptions, "where" | "signal"> & { readonly steps: number | undefined },
    list: CallbackList,
  ): Promise<Logs> {
    await list.begin("Test");
    const logs =
      (await runSteps(source.pass(0, 0), {
        runnerFor: (form) => this.engine.runner("test", form),
        together: this.engine.stepsPerExecution,
        limit: steps,
        where,
        signal,
        begin: (batch) => list.batchBegin("Test", batch),
        end: async (batch, totals) => {
          await list.batchEnd("Test", batch, () => totals.logs);
          return true;
        },
      })) ?? {};
    await list.end("Test", logs);
    return logs;
  }

  /** What the model gives for all samples. */
  async predict(
    x: DataFor<InputsOf<M>> | BatchStream<DataFor<InputsOf<M>>>,
    options: PredictOptions = {},
  ): Promise<Prediction<CountOf<M>>> {
    const batches = inputBatches(this.model, x, options);
    const { verbose = 0, callbacks = [] } = options;
    const steps = stepsOf("steps", options.steps, batches.steps);
    const predictor = await this.engine.predictor();
    const outputs = await this.watched(verbose, callbacks, { epochs: 1, steps }, (list) =>
      predictAll(predictor, batches, { ...options, together: this.engine.stepsPerExecution ?? 1 }, list),
    );
    return (outputs.length === 1 ? outputs[0] : outputs) as Prediction<CountOf<M>>;
  }

  /** One step of training, and what it measured. */
  trainOnBatch(
    x: DataFor<InputsOf<M>>,
    y: DataFor<OutputsOf<M>>,
    weighting: OnBatchOptions<OutputsOf<M>> = {},
  ): Promise<Logs> {
    return this.onBatch("train", x, y, weighting);
  }

  /** The loss and the metrics of one batch. */
  testOnBatch(
    x: DataFor<InputsOf<M>>,
    y: DataFor<OutputsOf<M>>,
    weighting: OnBatchOptions<OutputsOf<M>> = {},
  ): Promise<Logs> {
    return this.onBatch("test", x, y, weighting);
  }

  private async onBatch(kind: "train" | "test", x: unknown, y: unknown, weighting: OnBatchOptions): Promise<Logs> {
    const { model, engine } = this;
    const prepared = prepare(model, engine.current.options, x, y, weighting);
    const runner = await engine.runner(kind, prepared.form);
    const totals = new ReportTotals(runner.reports);
    totals.add(await runner.run(wholeBatch(prepared)));
    return totals.logs;
  }

  /** What the model gives for one batch. */
  predictOnBatch(x: DataFor<InputsOf<M>>): Promise<Prediction<CountOf<M>>> {
    return this.predict(x, { batchSize: inputSamples(this.model, x).count });
  }

  /** Configuration and state of training as data; undefined before `compile`. */
  trainingState(): Promise<SavedTraining | undefined> {
    const { data, current } = this;
    if (current === undefined) return saveTraining(this.engine, { data, position: undefined });
    const { epoch, batch, totals } = current;
    const position = { epoch, batch, sums: totals?.sums ?? [], logs: totals?.logs ?? {} };
    return saveTraining(this.engine, { data, position });
  }

  /** Compiles as saved, with the saved state. Does nothing when no loss was saved. */
  restore(saved: SavedTraining): void {
    const options = savedOptions(saved);
    if (options === undefined) return;
    this.compile(options);
    this.data = { passes: savedProgress(saved).data.passes, offset: 0 };
    if (saved.state.size > 0) this.engine.optimizerState.write(saved.state);
  }

  /** Writes architecture, weights and the state of training to a file. */
  async save(path: string): Promise<void> {
    const { model } = this;
    await this.requireFiles().write(path, await modelToData(model, await this.trainingState()));
  }

  /** Writes architecture and weights to a file. */
  async saveWeights(path: string): Promise<void> {
    await this.requireFiles().write(path, await modelToData(this.model));
  }

  /** Takes over weights, the optimizer's state, the seed and the place in the data from a file that `save` wrote during a `fit`. */
  async resume(path: string): Promise<void> {
    const saved = await this.requireFiles().read(path);
    setWeightsFromData(this.model, saved);
    if (saved.training === undefined) return;
    const { engine } = this;
    const { data, seed, position } = savedProgress(saved.training);
    const state = engine.optimizerState;
    state.write(saved.training.state);
    restoreCarried(this.model, saved.training);
    const rate = await state.readLearningRate();
    if (typeof engine.learningRate === "number" && Math.fround(engine.learningRate) !== rate)
      engine.learningRate = rate;
    if (seed !== undefined) engine.reseed(seed);
    this.data = data;
    this.resumed = position;
  }

  private requireFiles(): TrainingFiles {
    if (this.files !== undefined) return this.files;
    throw new LamellaError("state", {
      where: this.model.label,
      problem: "This trainer cannot write files.",
      hint: "Use a model of 'lamella', or give the trainer files: new Trainer(model, backend, { read, write }).",
    });
  }

  /** Does work that callbacks and a progress display watch. */
  private watched<T>(
    verbose: Verbosity = "auto",
    callbacks: readonly CallbackOption[],
    params: CallbackParams,
    work: (list: CallbackList) => Promise<T>,
  ): Promise<T> {
    return withProgress(verbose, async (progress) => {
      const all = verbose === 0 ? callbacks : [...callbacks, new ProgbarLogger(progress)];
      try {
        return await work(new CallbackList(all, this.model, this, params));
      } catch (error) {
        await this.engine.putBack();
        throw error;
      }
    });
  }

  /** Frees sessions and device memory. The weights keep their values, and what is used again comes back; a second time does nothing. */
  async dispose(): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

/** Batches bring their targets, so that the options may stand in the place of these. */
function withoutTargets<Options extends object>(
  x: unknown,
  yOrOptions: unknown,
  options: Options | undefined,
): readonly [y: unknown, options: Options] {
  if (!isBatchStream(x)) return [yOrOptions, options ?? ({} as Options)];
  return [undefined, options ?? (yOrOptions as Options | undefined) ?? ({} as Options)];
}
