import {
  type AnyModel,
  type JsonObject,
  type JsonValue,
  LamellaError,
  type LayerGraph,
  type Model,
  nextSeed,
  type OutputCount,
  type SavedTraining,
  Tensor,
  tensor,
  type ValueType,
} from "@lamella/ir";
import { type Backend, Predictor, VariableStore } from "@lamella/runtime";

import { batchesOf, type Samples, shuffledOrder, sliceSamples } from "./batches.ts";
import {
  type LossOptions,
  type MetricOptions,
  type OptimizerOption,
  type OutputPlan,
  planOutputs,
} from "./compile-options.ts";
import { concatRows } from "./concat-rows.ts";
import { assignData, countSamples, type DataFor, type Slot, toTensor } from "./data.ts";
import { nextTurn } from "./event-loop.ts";
import { Averages, History } from "./history.ts";
import { resolveLoss } from "./losses/losses.ts";
import { resolveMetric } from "./metrics/metrics.ts";
import { OptimizerState } from "./optimizer-state.ts";
import { type Optimizer, resolveOptimizer } from "./optimizers/optimizers.ts";
import { type Progress, progressFor, type Verbosity } from "./progress.ts";
import { buildTestStep, buildTrainStep, targetPort } from "./step-graph.ts";
import { StepRunner } from "./step-runner.ts";
import { checkTarget, targetType, toTarget } from "./targets.ts";

type InputsOf<M extends AnyModel> = M extends Model<infer Inputs, infer _, infer __> ? Inputs : never;
type OutputsOf<M extends AnyModel> = M extends Model<infer _, infer Outputs, infer __> ? Outputs : never;
type CountOf<M extends AnyModel> = M extends Model<infer _, infer __, infer Count> ? Count : never;

/** What `predict` gives: a tensor for a model with one output, else a list in their order. */
export type Prediction<Count extends OutputCount> = Count extends "several" ? Tensor[] : Tensor;

export interface CompileOptions<Outputs extends string = string> {
  /** Where the model runs. Default: where the trainer was told. */
  readonly backend?: Backend;
  /** Default 'rmsprop', as in Keras. */
  readonly optimizer?: OptimizerOption;
  /** One loss for all outputs, a list in their order, or a record by their names. */
  readonly loss: LossOptions<Outputs>;
  readonly metrics?: MetricOptions<Outputs>;
  /** Decides dropout and the order of the samples. Default: drawn, see `setRandomSeed`. */
  readonly seed?: number;
}

export interface EvaluateOptions {
  /** Samples a step. Default 32. */
  readonly batchSize?: number;
  /** Default 'auto'. */
  readonly verbose?: Verbosity;
  /** Stops between two steps with a LamellaError `aborted`. */
  readonly signal?: AbortSignal;
}

export type PredictOptions = Omit<EvaluateOptions, "verbose">;

export interface FitOptions<Inputs extends string = string, Outputs extends string = string> extends EvaluateOptions {
  /** Times over all samples. Default 1. With 0 nothing happens. */
  readonly epochs?: number;
  /** Whether every epoch has an order of its own. Default true. */
  readonly shuffle?: boolean;
  /** The share of the samples, from the end, that is only evaluated. Default 0. */
  readonly validationSplit?: number;
  /** Inputs and targets to evaluate after every epoch, instead of a split. */
  readonly validationData?: readonly [DataFor<Inputs>, DataFor<Outputs>];
}

/** The model on its backend. */
interface Placement {
  readonly backend: Backend;
  readonly store: VariableStore;
  readonly predictor: Predictor;
}

interface Compiled {
  readonly options: CompileOptions;
  readonly optimizer: Optimizer;
  readonly seed: number;
  /** Step runners by the types of the targets they were built for. */
  readonly runners: Map<string, Promise<StepRunner>>;
  state: OptimizerState | undefined;
  /** What the runners were built from. */
  graph: LayerGraph | undefined;
}

interface Prepared {
  readonly samples: Samples;
  readonly count: number;
  readonly targets: readonly ValueType[];
  readonly plans: readonly OutputPlan[];
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
    const all = this.prepare(x, y);
    const [train, validation] = this.splitOff(all, options);
    const batchSize = this.batchSize(options, train, validation);
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
    const batchSize = this.batchSize(options, prepared);
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
    const inputs = this.inputTensors(x);
    const count = countSamples(inputs);
    await this.freeRetired();
    const parts: Record<string, Tensor>[] = [];
    for (const batch of batchesOf(inputs, count, this.batchSize(options, { count }))) {
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
      optimizer: toJson(optimizer),
      loss: holdsFunction(options.loss) ? null : toJson(options.loss),
      metrics: toJson(options.metrics),
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

  /** The size of batches: that of the model where it is fixed, which then divides the samples. */
  private batchSize(
    options: { readonly batchSize?: number },
    ...parts: readonly ({ readonly count: number } | undefined)[]
  ): number {
    const fixed = this.model.inputs[0]!.shape[0];
    const size = options.batchSize ?? (typeof fixed === "number" ? fixed : 32);
    checkWhole("batchSize", size, 1);
    if (typeof fixed !== "number") return size;
    const hint = `The input of the model has a batch of ${fixed}.`;
    if (size !== fixed) {
      throw new LamellaError("config", {
        where: "batchSize",
        problem: "The value does not fit the model.",
        expected: String(fixed),
        received: String(size),
        hint,
      });
    }
    const odd = parts.find((part) => part !== undefined && part.count % fixed !== 0);
    if (odd === undefined) return size;
    throw new LamellaError("data", {
      problem: "The samples do not fill whole batches.",
      expected: `a multiple of ${fixed} samples`,
      received: String(odd.count),
      hint,
    });
  }

  private inputTensors(x: unknown): Record<string, Tensor> {
    this.buildFrom(x);
    const slots = this.model.inputs.map(({ name, shape, dtype }): Slot => ({ name, shape, dtype }));
    const data = assignData(x, slots, "inputs");
    return Object.fromEntries(slots.map((slot, i) => [slot.name, toTensor(data[i]!, slot, "input")]));
  }

  /** A sequential model without a shape takes that of its first data. */
  private buildFrom(x: unknown): void {
    if (this.model.built) return;
    const [first] = Array.isArray(x) && x[0] instanceof Tensor ? x : [x];
    const { shape } = first instanceof Tensor ? first : { shape: Array.isArray(first) ? tensor(first).shape : [] };
    if (shape.length > 0) this.model.buildFor([null, ...shape.slice(1)], "float32");
  }

  private prepare(x: unknown, y: unknown): Prepared {
    const { options } = this.current;
    const inputs = this.inputTensors(x);
    const count = countSamples(inputs);
    const names = this.model.outputNames;
    const outputs = this.model.outputs.map(({ shape, dtype }): ValueType => ({ shape, dtype }));
    const slots = outputs.map((output, i): Slot => ({ name: names[i]!, ...output }));
    const targets = assignData(y, slots, "targets").map((data, i) => toTarget(data, names[i]!, outputs[i]!, count));
    const types = targets.map((target, i) => targetType(target, outputs[i]!));
    const plans = planOutputs(names, outputs, types, options);
    for (const [i, { loss }] of plans.entries()) {
      if (loss !== undefined) checkTarget(targets[i]!, names[i]!, outputs[i]!, loss);
    }
    const used = plans.flatMap(({ name, loss, metrics }, i) =>
      loss === undefined && metrics.length === 0 ? [] : [[targetPort(name), targets[i]!] as const],
    );
    return { samples: { ...inputs, ...Object.fromEntries(used) }, count, targets: types, plans };
  }

  private splitOff(
    all: Prepared,
    options: FitOptions<InputsOf<M>, OutputsOf<M>>,
  ): readonly [Prepared, Prepared | undefined] {
    const { validationData, validationSplit = 0 } = options;
    if (validationData !== undefined) return [all, this.prepare(validationData[0], validationData[1])];
    if (validationSplit === 0) return [all, undefined];
    const kept = Math.floor(all.count * (1 - validationSplit));
    if (!(validationSplit > 0 && validationSplit < 1) || kept === 0 || kept === all.count) {
      throw new LamellaError("config", {
        where: "validationSplit",
        problem: "The split leaves nothing to train or nothing to validate.",
        expected: `a number between 0 and 1 that splits ${all.count} samples`,
        received: String(validationSplit),
      });
    }
    const part = (start: number, end: number): Prepared => ({
      ...all,
      samples: sliceSamples(all.samples, start, end),
      count: end - start,
    });
    return [part(0, kept), part(kept, all.count)];
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

/** Batch after batch, with a turn for everything else in between. Gives the averages of what the steps report. */
async function runSteps(
  runner: StepRunner,
  batches: Iterable<Record<string, Tensor>>,
  where: string,
  progress: Progress | undefined,
  signal: AbortSignal | undefined,
): Promise<Record<string, number>> {
  const averages = new Averages(runner.reports);
  let step = 0;
  for (const batch of batches) {
    step += 1;
    const place = `${where}step ${step}`;
    stopIfAborted(signal, place);
    averages.add(await located(place, () => runner.run(batch)));
    progress?.step(step, averages.logs);
    await nextTurn();
  }
  return averages.logs;
}

async function withProgress<T>(verbose: Verbosity, work: (progress: Progress) => Promise<T>): Promise<T> {
  const progress = await progressFor(verbose);
  try {
    return await work(progress);
  } finally {
    progress.stop();
  }
}

function checkWhole(what: string, value: number, min: number): void {
  if (Number.isSafeInteger(value) && value >= min) return;
  throw new LamellaError("config", {
    where: what,
    problem: "The value cannot be used.",
    expected: `a whole number of at least ${min}`,
    received: String(value),
  });
}

/** Options as data; functions become null or are left out. */
function toJson(option: unknown): JsonValue {
  return JSON.parse(JSON.stringify(option) ?? "null") as JsonValue;
}

function holdsFunction(option: unknown): boolean {
  if (typeof option === "object" && option !== null) return Object.values(option).some(holdsFunction);
  return typeof option === "function";
}

/** Refuses unknown names before any data is there. */
function checkNames(options: CompileOptions): void {
  const anything: ValueType = { shape: ["batch", 2], dtype: "float32" };
  const each = (given: unknown): readonly unknown[] =>
    typeof given === "object" && given !== null && !("type" in given) ? Object.values(given).flatMap(each) : [given];
  const given = each(options.loss).filter((loss) => loss !== undefined && loss !== null);
  if (given.length === 0) {
    throw new LamellaError("config", {
      where: "loss",
      problem: "There is no loss.",
      expected: "a name, a loss or a function; a list or a record of them for several outputs",
      received: JSON.stringify(options.loss) ?? "undefined",
      hint: "For instance compile({ loss: 'meanSquaredError' }).",
    });
  }
  for (const loss of given) resolveLoss(loss, anything, anything);
  for (const metric of each(options.metrics)) {
    if (metric !== undefined && metric !== null) resolveMetric(metric, anything, anything);
  }
}

function stopIfAborted(signal: AbortSignal | undefined, where: string): void {
  if (signal?.aborted !== true) return;
  throw new LamellaError("aborted", { where, problem: "Stopped on request.", cause: signal.reason });
}

async function located<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LamellaError ? error.at(where) : error;
  }
}
