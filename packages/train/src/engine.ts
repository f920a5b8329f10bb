import { type AnyModel, checkWhole, LamellaError, type LayerGraph, nextSeed } from "@lamella/ir";
import { type Backend, Predictor, VariableStore } from "@lamella/runtime";

import { checkNames } from "./compile-options.ts";
import type { Form } from "./forms.ts";
import { OptimizerState } from "./optimizer-state.ts";
import { skipsNonFinite } from "./optimizers/loss-scale.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { learningRateOf, lossScaleOptimizer, resolveOptimizer, withLearningRate } from "./optimizers/optimizers.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { buildTestStep, buildTrainStep } from "./step-graph.ts";
import { StepRunner } from "./step-runner.ts";
import type { CompileOptions } from "./trainer-options.ts";

/** The model on its backend. */
interface Placement {
  readonly backend: Backend;
  readonly store: VariableStore;
  readonly predictor: Predictor;
}

interface Compiled {
  readonly options: CompileOptions;
  optimizer: Optimizer;
  seed: number;
  /** Step runners by what they were built for. */
  readonly runners: Map<string, Promise<StepRunner>>;
  state: OptimizerState | undefined;
  /** What the runners were built from. */
  graph: LayerGraph | undefined;
  /** That of the newest batch. */
  form: Form | undefined;
}

/** A model on a backend, with the steps that train and test it. */
export class Engine implements AsyncDisposable {
  readonly model: AnyModel;
  private placement: Placement;
  private compiled: Compiled | undefined;
  /** What is in use no more and waits to be freed. */
  private retired: AsyncDisposable[] = [];

  constructor(model: AnyModel, backend: Backend) {
    this.model = model;
    this.placement = this.place(backend);
  }

  private place(backend: Backend): Placement {
    const store = new VariableStore(backend);
    return { backend, store, predictor: new Predictor(this.model, backend, store) };
  }

  /** @throws LamellaError `name` for an unknown optimizer, loss or metric */
  compile(options: CompileOptions): void {
    const optimizer = this.scaled(resolveOptimizer(options.optimizer ?? "rmsprop"), options);
    checkNames(options);
    checkWhole("stepsPerExecution", options.stepsPerExecution ?? 1, 1);
    this.retireRunners();
    if (options.backend !== undefined) {
      const { predictor, store } = this.placement;
      this.retired.push(predictor, store);
      this.placement = this.place(options.backend);
    }
    const seed = options.seed ?? nextSeed();
    this.compiled = {
      options,
      optimizer,
      seed,
      runners: new Map(),
      state: undefined,
      graph: undefined,
      form: undefined,
    };
  }

  /** As in Keras, where small gradients would become 0. */
  private scaled(optimizer: Optimizer, { autoScaleLoss = true }: CompileOptions): Optimizer {
    const wraps = autoScaleLoss && this.model.dtypePolicy === "mixed_float16" && !skipsNonFinite(optimizer);
    return wraps ? lossScaleOptimizer(optimizer) : optimizer;
  }

  get isCompiled(): boolean {
    return this.compiled !== undefined;
  }

  /** Batches in one run; undefined when nobody said, and before `compile`. */
  get stepsPerExecution(): number | undefined {
    return this.compiled?.options.stepsPerExecution;
  }

  /** @throws LamellaError `state` before `compile` */
  get current(): Compiled {
    if (this.compiled !== undefined) return this.compiled;
    throw new LamellaError("state", {
      where: this.model.label,
      problem: "The model has not been compiled.",
      hint: "Call compile({ optimizer, loss }) first.",
    });
  }

  /** The model for inference. */
  async predictor(): Promise<Predictor> {
    await this.freeRetired();
    return this.placement.predictor;
  }

  get optimizerState(): OptimizerState {
    const { current } = this;
    current.state ??= new OptimizerState(current.optimizer, this.model.trainableWeights);
    return current.state;
  }

  /** The learning rate of the steps to come: a number, or the schedule that gives it. */
  get learningRate(): number | Schedule {
    return learningRateOf(this.current.optimizer);
  }

  /** Holds from the next step on. @throws LamellaError `state` where a schedule gives the learning rate */
  set learningRate(value: number) {
    const { current } = this;
    const learningRate = learningRateOf(current.optimizer);
    if (typeof learningRate !== "number") {
      throw new LamellaError("state", {
        where: `${this.model.label}, learningRate`,
        problem: `The learning rate follows a schedule, ${learningRate.type}, and cannot be set.`,
        hint: "Compile with a number as the learningRate to set it while training.",
      });
    }
    current.optimizer = withLearningRate(current.optimizer, value);
    current.state?.learningRate?.write(value);
  }

  /** Draws from here on as with another seed. */
  reseed(seed: number): void {
    const { current } = this;
    if (current.seed === seed) return;
    current.seed = seed;
    this.retireRunners();
  }

  /** Undoes what callbacks that failed left behind. */
  async putBack(): Promise<void> {
    await this.compiled?.state?.putBack();
  }

  /** The step for batches of a form, built when it is first asked for and after changes of the model. */
  async runner(kind: "train" | "test", form: Form): Promise<StepRunner> {
    const { current } = this;
    current.form = form;
    this.dropOutdated(current);
    await this.freeRetired();
    const { runners } = current;
    const key = JSON.stringify([kind, form.targets, form.weights]);
    let runner = runners.get(key);
    if (runner === undefined) {
      runner = this.build(kind, form);
      runners.set(key, runner);
      // What could not be compiled is tried again.
      runner.catch(() => runners.delete(key));
    }
    return runner;
  }

  private async build(kind: "train" | "test", form: Form): Promise<StepRunner> {
    const { model, current, placement } = this;
    const step = { model, ...form, seed: current.seed, skipsNonFinite: skipsNonFinite(current.optimizer) };
    const graph = kind === "train" ? buildTrainStep(step, this.optimizerState) : buildTestStep(step);
    return StepRunner.compile(graph, placement, model);
  }

  /** After layers were added or taken off, steps are built again, and the optimizer starts again. */
  private dropOutdated(current: Compiled): void {
    const { graph } = this.model;
    if (current.graph === graph) return;
    if (current.graph !== undefined) {
      current.state = undefined;
      this.retireRunners();
    }
    current.graph = graph;
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

  /** Frees sessions and device memory. The weights keep their values, and what is used again comes back. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.retireRunners();
    this.retired.push(this.placement.predictor, this.placement.store);
    await this.freeRetired();
  }
}
