import {
  Add,
  Cast,
  Concat,
  GraphBuilder,
  type HostInput,
  type Lowering,
  type PrimitiveGraph,
  ReduceSum,
  Reshape,
  type Tracer,
  traceForward,
  type Variable,
} from "@lamella/ir";

import { gradients } from "./gradients/gradients.ts";
import { measure, type MeasureOptions } from "./measure.ts";
import type { OptimizerState } from "./optimizer-state.ts";
import { skipsNonFinite } from "./optimizers/loss-scale.ts";
import type { Kept } from "./optimizers/plan.ts";
import { layOut, type Measure, type ReportEntry } from "./report.ts";

/**
 * The port of what a step measures: a vector of sums, in the order of `StepGraph.reports`, and behind them, where the step
 * trains, the sum of all gradients.
 */
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
  /** Whether what is not finite may pass: the optimizer leaves such steps out. */
  readonly skipsNonFinite: boolean;
}

export interface StepOptions extends MeasureOptions {
  /** Mixed into all random numbers of the step. */
  readonly seed: number;
  /** Of a step that only measures: whether what is not finite may pass. Default false. */
  readonly skipsNonFinite?: boolean;
}

interface StepParts extends Pick<StepGraph, "variables" | "trains" | "skipsNonFinite"> {
  readonly measures: readonly Measure[];
  readonly next: ReadonlyMap<Variable, Tracer>;
  readonly gradients: readonly Tracer[];
}

/** One number that is finite when all gradients are. It is cheaper than a look at each of them. */
function sumOf(slopes: readonly Tracer[]): readonly Tracer[] {
  if (slopes.length === 0) return [];
  const sums = slopes.map((gradient) => ReduceSum(Cast(gradient, "float32")));
  return [
    Reshape(
      sums.reduce((a, b) => Add(a, b)),
      [1],
    ),
  ];
}

function finish({ builder, hosted }: Lowering, parts: StepParts): StepGraph {
  const { measures, variables, next, trains, skipsNonFinite: skips } = parts;
  const { report, entries } = layOut(measures);
  const checked = builder.scoped("gradients", () => Concat([report, ...sumOf(parts.gradients)], 0));
  const results: Record<string, Tracer> = { [reportPort]: checked };
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
    skipsNonFinite: skips,
  };
}

/** Forward pass in inference mode, losses and metrics. */
export function buildTestStep(options: StepOptions): StepGraph {
  const builder = new GraphBuilder(`${options.model.name}, evaluate`);
  const forward = traceForward(options.model, builder, { training: false, seed: options.seed });
  const { measures } = measure(options, forward);
  const { lowering } = forward;
  const { ports: variables, assigned: next } = lowering;
  const { skipsNonFinite: skips = false } = options;
  return finish(lowering, { measures, variables, next, trains: false, skipsNonFinite: skips, gradients: [] });
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
  const skips = skipsNonFinite(state.optimizer);
  return finish(lowering, {
    measures,
    variables: new Map([...ports, ...lowering.ports]),
    next,
    trains: true,
    skipsNonFinite: skips,
    gradients: skips ? [] : found,
  });
}
