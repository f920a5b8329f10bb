import {
  Add,
  Cast,
  GraphBuilder,
  hostInputs,
  LamellaError,
  Model,
  nextSeed,
  ReduceMean,
  ReduceSum,
  type SymbolicTensor,
  type Tensor,
  type Tracer,
  traceForward,
  type TracedForward,
  type Variable,
} from "@lamella/ir";
import { type Backend, VariableStore } from "@lamella/runtime";

import type { OptimizerOption } from "./compile-options.ts";
import type { Data } from "./data.ts";
import { gradients } from "./gradients/gradients.ts";
import { computeDtype } from "./losses/compute-dtype.ts";
import { penalties } from "./measure.ts";
import { OptimizerState } from "./optimizer-state.ts";
import { resolveOptimizer } from "./optimizers/optimizers.ts";
import { inputTensors } from "./prepare.ts";
import { meanResult, type Measure, ReportTotals } from "./report.ts";
import { trainingStep } from "./step-graph.ts";
import { StepRunner } from "./step-runner.ts";

/** Something to minimise that is built of symbolic tensors: of several models, of what lies within them, by `ops`. */
export interface ObjectiveOptions<Inputs extends string = string> {
  /** What a batch consists of, and the loss depends on. */
  readonly inputs: readonly SymbolicTensor<Inputs>[];
  /** What is minimised: its mean, with the regularizers of the variables and what layers add. */
  readonly loss: SymbolicTensor;
  /** The weights to train, such as `model.trainableWeights`. All others that the loss depends on stay as they are. */
  readonly variables: readonly Variable[];
  readonly backend: Backend;
  /** Decides dropout. Default: drawn, see `setRandomSeed`. */
  readonly seed?: number;
}

export interface TrainStepOptions<
  Inputs extends string = string,
  Metrics extends string = string,
> extends ObjectiveOptions<Inputs> {
  /** Default 'rmsprop'. */
  readonly optimizer?: OptimizerOption;
  /** Tensors whose means are reported, too. */
  readonly metrics?: Readonly<Record<Metrics, SymbolicTensor>>;
}

class Objective extends Model {
  constructor(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]) {
    const type = "Objective";
    super({ type, restore: () => notSaved() }, { name: "objective" });
    this.connect(inputs, outputs);
  }
}

function notSaved(): never {
  throw new LamellaError("state", { problem: "An objective is not saved; save its models." });
}

/** The loss of a traced objective, with all that is added to it. */
function totalLoss({ lowering, outputs }: TracedForward, variables: readonly Variable[]): Tracer {
  const [{ tensor: loss }] = [...outputs.values()] as [{ readonly tensor: Tracer }];
  const terms = penalties(lowering, (variable) => variables.includes(variable));
  return ReduceSum(terms.reduce<Tracer>((a, b) => Add(a, b), ReduceMean(Cast(loss, computeDtype(loss)))));
}

/** @throws LamellaError `config` */
function checkVariables({ lowering }: TracedForward, variables: readonly Variable[]): void {
  if (variables.some((variable) => lowering.variables.has(variable))) return;
  throw new LamellaError("config", {
    where: "variables",
    problem: "The loss depends on none of the variables.",
    expected: "weights of models that the loss was built with, such as model.trainableWeights",
    received: variables.map(({ path }) => path).join(", ") || "none",
  });
}

/** A step of training of one's own making. */
export class TrainStep<Inputs extends string = string, Metrics extends string = string> implements AsyncDisposable {
  private readonly objective: Objective;
  private readonly options: TrainStepOptions<Inputs, Metrics>;
  private readonly seed: number;
  private readonly state: OptimizerState;
  private readonly store: VariableStore;
  private runner: Promise<StepRunner> | undefined;

  constructor(options: TrainStepOptions<Inputs, Metrics>) {
    const metrics: readonly SymbolicTensor[] = Object.values(options.metrics ?? {});
    this.options = options;
    this.seed = options.seed ?? nextSeed();
    this.objective = new Objective(options.inputs, [options.loss, ...metrics]);
    this.state = new OptimizerState(resolveOptimizer(options.optimizer ?? "rmsprop"), options.variables);
    this.store = new VariableStore(options.backend);
  }

  /**
   * Does the step on one batch. Gives the loss and the metrics of that batch, from before the update.
   *
   * @throws LamellaError `data` for data that does not fit the inputs; `not-finite`
   */
  async run(batch: Readonly<Record<Inputs, Data>>): Promise<Record<"loss" | Metrics, number>> {
    const inputs = inputTensors(this.objective, batch);
    this.runner ??= this.compile();
    const runner = await this.runner;
    const totals = new ReportTotals(runner.reports);
    totals.add(await runner.run(inputs));
    return totals.logs;
  }

  private async compile(): Promise<StepRunner> {
    const { objective, options, seed, state, store } = this;
    const builder = new GraphBuilder("train step");
    const graph = trainingStep(builder, state, (step) => {
      const forward = traceForward(objective, builder, { training: true, seed, step });
      checkVariables(forward, options.variables);
      const loss = totalLoss(forward, options.variables);
      const metrics = [...forward.outputs.values()].slice(1).map(({ tensor }) => tensor);
      const names = Object.keys(options.metrics ?? {});
      const measures = [meanOf("loss", loss), ...metrics.map((metric, i) => meanOf(names[i]!, metric))];
      return { lowering: forward.lowering, loss, measures };
    });
    return StepRunner.compile(graph, { backend: options.backend, store }, objective);
  }

  /** Frees the session and device memory; the weights stay. */
  async dispose(): Promise<void> {
    const { runner } = this;
    this.runner = undefined;
    await (await runner?.catch(() => undefined))?.dispose();
    await this.store.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

function meanOf(name: string, value: Tracer): Measure {
  const count = value.builder.scalar(1, "float32");
  return { name, sums: { total: Cast(ReduceMean(value), "float32"), count }, result: meanResult };
}

/**
 * A step that minimises any tensor built of symbolic tensors: of several models, of what lies within them, by `ops`.
 *
 *     const step = trainStep({ inputs: [x], loss: ops.square(net(x)), variables: net.trainableWeights, backend });
 *     const { loss } = await step.run({ x: [[1], [2]] });
 *
 * @throws LamellaError `graph` when the loss depends on an input that is not among `inputs`; `name`, `config` for optimizers
 */
export function trainStep<const Inputs extends string = string, Metrics extends string = never>(
  options: TrainStepOptions<Inputs, Metrics>,
): TrainStep<Inputs, Metrics> {
  return new TrainStep(options);
}

/** A loss with its gradients, by variable. */
export interface LossGradients {
  readonly loss: number;
  readonly gradients: ReadonlyMap<Variable, Tensor>;
}

/**
 * The mean of a tensor, with all that is added to it, and its gradients for one batch. Layers run in training mode, and
 * nothing is changed. (TensorFlow: `GradientTape`.)
 *
 * @throws LamellaError `data`, `graph`, `config`
 */
export async function lossGradients<const Inputs extends string>(
  options: ObjectiveOptions<Inputs>,
  batch: Readonly<Record<Inputs, Data>>,
): Promise<LossGradients> {
  const { inputs, loss, variables, backend, seed = nextSeed() } = options;
  const objective = new Objective(inputs, [loss]);
  const feeds = inputTensors(objective, batch);
  const builder = new GraphBuilder("gradients");
  const forward = traceForward(objective, builder, { training: true, seed });
  checkVariables(forward, variables);
  const { lowering } = forward;
  const total = totalLoss(forward, variables);
  const used = variables.filter((variable) => lowering.variables.has(variable));
  const found = gradients(
    total,
    used.map((variable) => lowering.read(variable)),
  );
  const results = Object.fromEntries(found.map((gradient, i) => [`gradient:${i}`, gradient]));
  await using executable = await backend.compile(builder.finish({ loss: total, ...results }));
  const state = [...lowering.ports].map(async ([port, variable]) => [port, await variable.read()] as const);
  const values = await executable.run({
    ...feeds,
    ...hostInputs(lowering.hosted, feeds),
    ...Object.fromEntries(await Promise.all(state)),
  });
  const take = async (name: string) => {
    const value = await values[name]!.read();
    values[name]!.dispose();
    return value;
  };
  const read = await Promise.all(used.map(async (variable, i) => [variable, await take(`gradient:${i}`)] as const));
  return { loss: (await take("loss")).toNumbers()[0]!, gradients: new Map(read) };
}
