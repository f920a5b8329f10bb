import type { Constraint, DType, StaticShape, Tracer } from "@lamella/ir";

/** What an optimizer trains: variables, or something that looks like them. */
export interface Parameter {
  readonly path: string;
  readonly shape: StaticShape;
  readonly dtype: DType;
  /** What its value must satisfy after every step. */
  readonly constraint?: Constraint | null;
}

/** A tensor that an optimizer keeps between steps. */
export interface Kept {
  /** As Keras names it: `iteration`, `dense_kernel_momentum`. Names may repeat. */
  readonly name: string;
  readonly shape: StaticShape;
  readonly dtype: DType;
  /** The number that fills it at first, or the parameter whose value it starts with. */
  readonly initial: number | Parameter;
  /** Keras finds it as an attribute of the optimizer, which it does not do inside another one. */
  readonly attribute?: boolean;
}

/** The newest values of what is kept. Only what a step needs is asked for. */
export type ReadKept = (kept: Kept) => Tracer;

/** The value of a parameter, and the gradient of the loss, scaled as the optimizer asked. */
export interface Slope {
  readonly value: Tracer;
  readonly gradient: Tracer;
}

export interface PlanStep {
  readonly read: ReadKept;
  /** One a parameter; undefined for those that have no part in the loss. */
  readonly slopes: readonly (Slope | undefined)[];
}

export interface PlanResult {
  /** New values, where there were slopes. */
  readonly values: readonly (Tracer | undefined)[];
  /** New values of what is kept; all else stays as it is. */
  readonly kept: ReadonlyMap<Kept, Tracer>;
}

/** An optimizer at work on certain parameters: what it keeps, and its part of a step. */
export interface OptimizerPlan {
  /** All that is kept. */
  readonly kept: readonly Kept[];
  /** That of it which Keras's `optimizer.variables` has, and files, in this order. */
  readonly listed: readonly Kept[];
  /** The steps done so far, int32. */
  readonly iterations: Kept;
  /** Absent when a schedule gives the learning rate. */
  readonly learningRate?: Kept;
  /** The parameters with the moving averages that are to replace them when training ends. */
  readonly averages: readonly { readonly parameter: Parameter; readonly average: Kept }[];
  /** The loss whose gradients a step wants. */
  scaleLoss(loss: Tracer, read: ReadKept): Tracer;
  step(step: PlanStep): PlanResult;
}
