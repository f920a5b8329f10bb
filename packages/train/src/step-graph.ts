import {
  Add,
  type AnyModel,
  Cast,
  constrain,
  DimSize,
  GraphBuilder,
  type HostInput,
  LamellaError,
  locate,
  type Lowering,
  Mul,
  type PrimitiveGraph,
  regularize,
  type Tracer,
  traceForward,
  type TracedForward,
  type Value,
  type ValueType,
  type Variable,
} from "@lamella/ir";

import type { OutputPlan } from "./compile-options.ts";
import { gradients } from "./gradients/gradients.ts";
import { computeLoss } from "./losses/losses.ts";
import { metricName, metricResult, metricSums } from "./metrics/metrics.ts";
import type { OptimizerState } from "./optimizer-state.ts";
import { applyGradients } from "./optimizers/apply-gradients.ts";
import { layOut, meanResult, type Measure, type ReportEntry } from "./report.ts";

/** The port that takes the targets of an output. */
export function targetPort(output: string): string {
  return `target:${output}`;
}

/** The port of what a step measures: a vector of sums, in the order of `StepGraph.reports`. */
export const reportPort = "report";

/** A pure graph (state, batch) -> (state', report), with the variables behind its ports. */
export interface StepGraph {
  readonly graph: PrimitiveGraph;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly updates: ReadonlyMap<string, Variable>;
  /** The inputs of the graph that the host computes from the model's. */
  readonly hosted: readonly HostInput[];
  /** What the report holds, by the names of Keras's history; the first is the loss, as total and count. */
  readonly reports: readonly ReportEntry[];
  /** Whether it changes the weights. */
  readonly trains: boolean;
}

export interface StepOptions {
  readonly model: AnyModel;
  readonly plans: readonly OutputPlan[];
  readonly targets: readonly ValueType[];
  /** Mixed into all random numbers of the step. */
  readonly seed: number;
}

/** Adds losses and metrics to a forward pass. The first report is the loss that is minimised. */
function measure(
  { model, plans, targets }: StepOptions,
  { lowering, outputs }: TracedForward,
): { readonly loss: Tracer; readonly measures: readonly Measure[] } {
  const { builder } = lowering;
  const [{ tensor: anyOutput }] = [...outputs.values()] as [Value, ...Value[]];
  const samples = Cast(DimSize(builder, anyOutput.shape[0]!), "float32");
  /** A value that counts once for every sample of the batch. */
  const averaged = (name: string, value: Tracer): Measure => ({
    name,
    sums: { total: Mul(Cast(value, "float32"), samples), count: samples },
    result: meanResult,
  });
  const terms: Tracer[] = [];
  const losses: Measure[] = [];
  const metrics: Measure[] = [];
  for (const [i, { name, loss, metrics: measured }] of plans.entries()) {
    if (loss === undefined && measured.length === 0) continue;
    const { tensor, mask } = outputs.get(name)!;
    const target = targets[i]!;
    const yTrue = builder.input(targetPort(name), target.shape, target.dtype);
    const prefix = plans.length > 1 ? `${name}_` : "";
    if (loss !== undefined) {
      const value = builder.scoped("loss", () =>
        locate(`output '${name}'`, () => computeLoss(loss, yTrue, tensor, { mask })),
      );
      terms.push(value);
      losses.push(averaged(`${prefix}loss`, value));
    }
    for (const metric of measured) {
      metrics.push({
        name: `${prefix}${metricName(metric)}`,
        sums: builder.scoped("metrics", () => metricSums(metric, yTrue, tensor, { mask })),
        result: (totals) => metricResult(metric, totals),
      });
    }
  }
  for (const variable of lowering.variables.keys()) {
    const { regularizer } = variable;
    if (regularizer !== null && variable.trainable)
      terms.push(builder.scoped("regularization", () => regularize(regularizer, lowering.read(variable))));
  }
  terms.push(...lowering.losses);
  const [first, ...rest] = terms;
  if (first === undefined) {
    throw new LamellaError("config", {
      where: model.label,
      problem: "There is nothing to minimise.",
      expected: "a loss for at least one output",
      hint: "Give compile() a loss, for instance 'meanSquaredError'.",
    });
  }
  const loss = rest.reduce((a, b) => Add(a, b), first);
  // As in Keras, the one loss of a model is not reported a second time under its output's name.
  return { loss, measures: [averaged("loss", loss), ...(losses.length > 1 ? losses : []), ...metrics] };
}

function finish(
  { builder, hosted }: Lowering,
  measures: readonly Measure[],
  variables: ReadonlyMap<string, Variable>,
  next: ReadonlyMap<Variable, Tracer>,
  trains: boolean,
): StepGraph {
  const { report, entries } = layOut(measures);
  const results: Record<string, Tracer> = { [reportPort]: report };
  const updates = new Map<string, Variable>();
  for (const [port, variable] of variables) {
    const value = next.get(variable);
    if (value === undefined) continue;
    results[`${port}:next`] = value;
    updates.set(`${port}:next`, variable);
  }
  return {
    graph: builder.finish(results),
    variables,
    updates,
    hosted,
    reports: entries,
    trains,
  };
}

/** Forward pass in inference mode, losses and metrics. */
export function buildTestStep(options: StepOptions): StepGraph {
  const builder = new GraphBuilder(`${options.model.name}, evaluate`);
  const forward = traceForward(options.model, builder, { training: false, seed: options.seed });
  const { measures } = measure(options, forward);
  return finish(forward.lowering, measures, forward.lowering.ports, forward.lowering.assigned, false);
}

/** Forward pass in training mode, losses, gradients and the optimizer's update: one step of training. */
export function buildTrainStep(options: StepOptions, state: OptimizerState): StepGraph {
  const builder = new GraphBuilder(`${options.model.name}, train`);
  const ports = new Map<string, Variable>();
  const declare = (variable: Variable): Tracer => {
    const port = builder.freePortName(variable.path);
    ports.set(port, variable);
    return builder.input(port, variable.shape, variable.dtype);
  };
  const iterations = declare(state.iterations);
  const learningRate = declare(state.learningRate);
  const forward = traceForward(options.model, builder, { training: true, seed: options.seed, step: iterations });
  const { loss, measures } = measure(options, forward);

  const { lowering } = forward;
  const trained = state.variables.filter((variable) => lowering.variables.has(variable));
  const parameters = trained.map((variable) => lowering.read(variable));
  const slots = state.slotsOf(trained);
  const result = builder.scoped("optimizer", () =>
    applyGradients({
      optimizer: state.optimizer,
      variables: parameters,
      gradients: gradients(loss, parameters),
      slots: slots.map(declare),
      iterations,
      learningRate,
    }),
  );
  const next = new Map<Variable, Tracer>([[state.iterations, result.iterations], ...lowering.assigned]);
  for (const [i, variable] of trained.entries()) {
    const value = result.variables[i]!;
    next.set(variable, variable.constraint === null ? value : constrain(variable.constraint, value));
  }
  for (const [i, slot] of slots.entries()) next.set(slot, result.slots[i]!);
  return finish(lowering, measures, new Map([...ports, ...lowering.ports]), next, true);
}
