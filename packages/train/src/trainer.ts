import {
  type AnyModel,
  type JsonObject,
  LamellaError,
  type LayerGraph,
  nextSeed,
  type SavedTraining,
  type Tensor,
} from "@lamella/ir";
import { type Backend, Predictor, VariableStore } from "@lamella/runtime";

import { batchesOf, shuffledOrder } from "./batches.ts";
import { checkNames, holdsFunction, type LossOptions, type MetricOptions, optionsToJson } from "./compile-options.ts";
import { concatRows } from "./concat-rows.ts";
import { countSamples, type DataFor } from "./data.ts";
import { nextTurn } from "./event-loop.ts";
import { History } from "./history.ts";
import { OptimizerState } from "./optimizer-state.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { learningRateOf, resolveOptimizer, withLearningRate } from "./optimizers/optimizers.ts";
import { batchSizeFor, inputTensors, prepare, type Prepared, splitOff } from "./prepare.ts";
import type { Progress } from "./progress.ts";
import { runSteps, stopIfAborted, withProgress } from "./run-steps.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { buildTestStep, buildTrainStep } from "./step-graph.ts";
import { StepRunner } from "./step-runner.ts";
import {
  checkWhole,
  type CompileOptions,
  type CountOf,
  type EvaluateOptions,
  type FitOptions,
  type InputsOf,
  type OutputsOf,
  type Prediction,
  type PredictOptions,
} from "./trainer-options.ts";

/** The model on its backend. */
interface Placement {
  readonly backend: Backend;
  readonly store: VariableStore;
  readonly predictor: Predictor;
}

interface Compiled {
  readonly options: CompileOptions;
  optimizer: Optimizer;
  readonly seed: number;
  /** Step runners by the types of the targets they were built for. */
  readonly runners: Map<string, Promise<StepRunner>>;
  state: OptimizerState | undefined;
  /** What the runners were built from. */
  graph: LayerGraph | undefined;
}

/** Trains, evaluates and runs a model, as Keras's Model does. */
export class Trainer<M extends AnyModel = AnyModel> implements AsyncDisposable {
  readonly model: M;
  private placement: Placement;
  private compiled: Compiled | undefined;
  private epochsSeen = 0;
  /** What is in use no more and waits to be freed. */
  private retired: AsyncDisposable[] = [];

  /** @param backend where the model runs unless `compile` says otherwise */
  constructor(model: M, backend: Backend) {
    this.model = model;
    this.placement = this.place(backend);
  }

  private place(backend: Backend): Placement {
    const store = new VariableStore(backend);
    return { backend, store, predictor: new Predictor(this.model, backend, store) };
  }

  /** @throws LamellaError `name` for an unknown optimizer, loss or metric */
  compile(options: CompileOptions<OutputsOf<M>>): void {
    const optimizer = resolveOptimizer(options.optimizer ?? "rmsprop");
    checkNames(options);
    this.retireRunners();
    if (options.backend !== undefined) {
      const { predictor, store } = this.placement;
      this.retired.push(predictor, store);
      this.placement = this.place(options.backend);
    }
    this.compiled = {
      options,
      optimizer,
      seed: options.seed ?? nextSeed(),
      runners: new Map(),
      state: undefined,
      graph: undefined,
    };
    this.epochsSeen = 0;
  }

  private retireRunners(): void {
    const runners = this.compiled?.runners;
    for (const pending of runners?.values() ?? []) {
      this.retired.push({
        async [Symbol.asyncDispose]() {
          const runner = await pending.catch(() => undefined);
          await runner?.dispose();
        },
      });
    }
    runners?.clear();
  }

  private async freeRetired(): Promise<void> {
    for (const thing of this.retired.splice(0)) await thing[Symbol.asyncDispose]();
  }

  /**
   * Trains for a number of epochs.
   *
   * @throws LamellaError `data` for data that does not fit; `not-finite`, which names the step, when the loss is NaN or
   * infinite; `aborted`
   */
  async fit(
    x: DataFor<InputsOf<M>>,
    y: DataFor<OutputsOf<M>>,
    options: FitOptions<InputsOf<M>, OutputsOf<M>> = {},
  ): Promise<History> {
    const { epochs = 1, shuffle = true, verbose = "auto", signal } = options;
    checkWhole("epochs", epochs, 0);
    const [train, validation] = this.trainingData(x, y, options);
    const batchSize = batchSizeFor(this.model, options, train, validation);
    const runner = await this.runner("train", train);
    const history = new History();
    return withProgress(verbose, async (progress) => {
      for (let epoch = 0; epoch < epochs; epoch++) {
        const order = shuffle ? shuffledOrder(train.count, this.current.seed, this.epochsSeen) : undefined;
        progress.begin(epoch, epochs, Math.ceil(train.count / batchSize));
        const batches = batchesOf(train.samples, train.count, batchSize, order);
        const logs = await runSteps(runner, batches, `epoch ${epoch + 1}, `, progress, signal);
        if (validation !== undefined) {
          const measured = await this.measure(validation, batchSize, `epoch ${epoch + 1}, validation `, signal);
          for (const [name, value] of Object.entries(measured)) logs[`val_${name}`] = value;
        }
        history.add(epoch, logs);
        progress.end(logs);
        this.epochsSeen += 1;
      }
      if (epochs > 0) await this.optimizerState().finish();
      return history;
    });
  }

  /** The loss and the metrics over all samples, by Keras's names. */
  async evaluate(
    x: DataFor<InputsOf<M>>,
    y: DataFor<OutputsOf<M>>,
    options: EvaluateOptions = {},
  ): Promise<Record<string, number>> {
    const prepared = this.prepare(x, y);
    const batchSize = batchSizeFor(this.model, options, prepared);
    return withProgress(options.verbose ?? "auto", async (progress) => {
      progress.begin(0, 0, Math.ceil(prepared.count / batchSize));
      const logs = await this.measure(prepared, batchSize, "evaluation ", options.signal, progress);
      progress.end(logs);
      return logs;
    });
  }

  /** What the model gives for all samples. */
  async predict(x: DataFor<InputsOf<M>>, options: PredictOptions = {}): Promise<Prediction<CountOf<M>>> {
    const { predictor } = this.placement;
    const inputs = inputTensors(this.model, x);
    const count = countSamples(inputs);
    await this.freeRetired();
    const parts: Record<string, Tensor>[] = [];
    for (const batch of batchesOf(inputs, count, batchSizeFor(this.model, options, { count }))) {
      stopIfAborted(options.signal, "predict");
      parts.push(await predictor.run(batch));
      await nextTurn();
    }
    const outputs = Object.keys(parts[0]!).map((name) => concatRows(parts.map((part) => part[name]!)));
    return (outputs.length === 1 ? outputs[0] : outputs) as Prediction<CountOf<M>>;
  }

  /**
   * Configuration and state of training as data. Functions cannot be saved: metrics that are functions are left out, and
   * with a loss that is a function the model comes back as one that has not been compiled.
   */
  async save(): Promise<SavedTraining | undefined> {
    const { compiled } = this;
    if (compiled === undefined) return undefined;
    const { options, optimizer, seed, state } = compiled;
    const config = {
      optimizer: optionsToJson(optimizer),
      loss: holdsFunction(options.loss) ? null : optionsToJson(options.loss),
      metrics: optionsToJson(options.metrics),
      seed,
      epochs: this.epochsSeen,
    };
    return { config, state: state === undefined ? new Map() : await state.read() };
  }

  /** Compiles as saved, with the saved state. Does nothing when no loss was saved. */
  restore(saved: SavedTraining): void {
    const { optimizer, loss, metrics, seed, epochs } = saved.config as JsonObject & { readonly seed?: number };
    if (loss === undefined || loss === null) return;
    this.compile({
      optimizer: optimizer as unknown as Optimizer,
      loss: loss as LossOptions<OutputsOf<M>>,
      ...(metrics === undefined || metrics === null ? {} : { metrics: metrics as MetricOptions<OutputsOf<M>> }),
      ...(seed === undefined ? {} : { seed }),
    });
    this.epochsSeen = Number(epochs ?? 0);
    if (saved.state.size > 0) this.optimizerState().write(saved.state);
  }

  /** The learning rate of the steps to come: a number, or the schedule that gives it. */
  get learningRate(): number | Schedule {
    return learningRateOf(this.current.optimizer);
  }

  /** Holds from the next step on. @throws LamellaError `state` where a schedule gives the learning rate */
  set learningRate(value: number) {
    const { current } = this;
    if (typeof this.learningRate !== "number") {
      throw new LamellaError("state", {
        where: `${this.model.label}, learningRate`,
        problem: `The learning rate follows a schedule, ${this.learningRate.type}, and cannot be set.`,
        hint: "Compile with a number as the learningRate to set it while training.",
      });
    }
    current.optimizer = withLearningRate(current.optimizer, value);
    current.state?.learningRate?.write(value);
  }

  /** The number that the next step multiplies with, whether it was set or follows a schedule. */
  readLearningRate(): Promise<number> {
    return this.optimizerState().readLearningRate();
  }

  /** Frees sessions and device memory. The weights keep their values, and what is used again comes back; a second time does nothing. */
  async dispose(): Promise<void> {
    this.retireRunners();
    this.retired.push(this.placement.predictor, this.placement.store);
    await this.freeRetired();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  private get current(): Compiled {
    if (this.compiled !== undefined) return this.compiled;
    throw new LamellaError("state", {
      where: this.model.label,
      problem: "The model has not been compiled.",
      hint: "Call compile({ optimizer, loss }) first.",
    });
  }

  private prepare(x: unknown, y: unknown): Prepared {
    return prepare(this.model, this.current.options, x, y);
  }

  private trainingData(
    x: unknown,
    y: unknown,
    { validationData, validationSplit = 0 }: FitOptions<InputsOf<M>, OutputsOf<M>>,
  ): readonly [Prepared, Prepared?] {
    const all = this.prepare(x, y);
    if (validationData !== undefined) return [all, this.prepare(validationData[0], validationData[1])];
    return validationSplit === 0 ? [all] : splitOff(all, validationSplit);
  }

  private optimizerState(): OptimizerState {
    const { current } = this;
    current.state ??= new OptimizerState(current.optimizer, this.model.trainableWeights);
    return current.state;
  }

  private async runner(kind: "train" | "test", { plans, targets }: Prepared): Promise<StepRunner> {
    const { current, model } = this;
    const { runners, seed } = current;
    const { backend, store } = this.placement;
    if (current.graph !== model.graph) {
      // Layers were added or taken off since.
      if (current.graph !== undefined) current.state = undefined;
      current.graph = model.graph;
      this.retireRunners();
    }
    await this.freeRetired();
    const key = JSON.stringify([kind, targets]);
    let runner = runners.get(key);
    if (runner === undefined) {
      const step = { model, plans, targets, seed };
      const graph = kind === "train" ? buildTrainStep(step, this.optimizerState()) : buildTestStep(step);
      runner = StepRunner.compile(graph, backend, store);
      runners.set(key, runner);
      // What could not be compiled is tried again.
      runner.catch(() => runners.delete(key));
    }
    return runner;
  }

  private async measure(
    prepared: Prepared,
    batchSize: number,
    where: string,
    signal: AbortSignal | undefined,
    progress?: Progress,
  ): Promise<Record<string, number>> {
    const runner = await this.runner("test", prepared);
    return runSteps(runner, batchesOf(prepared.samples, prepared.count, batchSize), where, progress, signal);
  }
}
