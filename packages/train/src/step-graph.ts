import {
  GraphBuilder,
  type HostInput,
  type Lowering,
  type PrimitiveGraph,
  type Tracer,
  traceForward,
  type Variable,
} from "@lamella/ir";

import { gradients } from "./gradients/gradients.ts";
import { measure, type MeasureOptions } from "./measure.ts";
import type { OptimizerState } from "./optimizer-state.ts";
import type { Kept } from "./optimizers/plan.ts";
import { layOut, type Measure, type ReportEntry } from "./report.ts";

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

export interface StepOptions extends MeasureOptions {
  /** Mixed into all random numbers of the step. */
  readonly seed: number;
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
  return trainingStep(builder, state, (step) => {
    const forward = traceForward(options.model, builder, { training: true, seed: options.seed, step });
    return { ...measure(options, forward), lowering: forward.lowering };
  });
}

/** What a step minimises and reports. */
interface Objective {
  readonly lowering: Lowering;
  readonly loss: Tracer;
  readonly measures: readonly Measure[];
}

/** Gradients of an objective and the optimizer's update. @param trace records the objective, given the number of the step */
export function trainingStep(
  builder: GraphBuilder,
  state: OptimizerState,
  trace: (step: Tracer) => Objective,
): StepGraph {
  const ports = new Map<string, Variable>();
  const declare = (variable: Variable): Tracer => {
    const port = builder.freePortName(variable.path);
    ports.set(port, variable);
    return builder.input(port, variable.shape, variable.dtype);
  };
  const { plan } = state;
  const known = new Map<Kept, Tracer>();
  const read = (kept: Kept): Tracer => {
    const value = known.get(kept) ?? declare(state.of(kept));
    known.set(kept, value);
    return value;
  };
  const { lowering, loss, measures } = trace(read(plan.iterations));
  const trained = state.variables.filter((variable) => lowering.variables.has(variable));
  const parameters = trained.map((variable) => lowering.read(variable));
  const scaled = builder.scoped("optimizer", () => plan.scaleLoss(loss, read));
  const found = gradients(scaled, parameters);
  const slopes = state.variables.map((variable) => {
    const i = trained.indexOf(variable);
    return i < 0 ? undefined : { value: parameters[i]!, gradient: found[i]! };
  });
  const { values, kept } = builder.scoped("optimizer", () => plan.step({ read, slopes }));
  const next = new Map<Variable, Tracer>(lowering.assigned);
  for (const [i, variable] of state.variables.entries()) {
    const value = values[i];
    if (value !== undefined) next.set(variable, value);
  }
  for (const [own, value] of kept) next.set(state.of(own), value);
  return finish(lowering, measures, new Map([...ports, ...lowering.ports]), next, true);
}
