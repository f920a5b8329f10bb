import { type ConfigOf, type DType, type Fields, fields, type StaticShape, type Tracer } from "@lamella/ir";

import { patterns, positive } from "../option-fields.ts";
import { learningRateField } from "../schedules/learning-rate-field.ts";
import type { Schedule } from "../schedules/schedule.ts";
import type { Optimizer } from "./optimizer.ts";
import type { OptimizerPlan, Parameter } from "./plan.ts";

/** Something an optimizer keeps for every parameter. */
export interface Slot {
  readonly name: string;
  /** What Keras calls the variable. Default: the parameter's path and the name, `dense_kernel_momentum`. */
  readonly title?: string;
  /** Default: the parameter's. */
  readonly shape?: StaticShape;
  /** Default: the parameter's. */
  readonly dtype?: DType;
  /** The number that fills it at first, or the parameter's own value. Default 0. */
  readonly initial?: number | "parameter";
  /** Keras keeps it, and does not use it. */
  readonly idle?: boolean;
}

/** A scalar that an optimizer keeps once, of the first parameter's dtype. */
export interface SharedScalar {
  readonly name: string;
  /** What Keras calls the variable. */
  readonly title: string;
  readonly initial: number;
  /** The value that a step has, from that of the step before and the number of the step, from 1. */
  next(previous: Tracer, step: Tracer): Tracer;
}

export interface Slots {
  readonly [name: string]: Tracer;
}

/** What a rule may use at every parameter. All scalars of the parameter's dtype. */
export interface RuleInputs {
  readonly learningRate: Tracer;
  /** The number of this update, from 1. */
  readonly step: Tracer;
  /** The shared scalars of this step. */
  readonly shared: Slots;
}

/** The update of one parameter, with a new value for every slot. */
export type UpdateParameter = (
  variable: Tracer,
  gradient: Tracer,
  slots: Slots,
) => { readonly variable: Tracer; readonly slots: Slots };

/** An optimizer that updates parameter by parameter. */
export interface RuleDefinition<F extends Fields = Fields> {
  readonly fields: F;
  /** What is kept for a parameter, in groups: a group's slots of all parameters come before the next group's, as in Keras. */
  slotGroups(config: ConfigOf<F>, parameter: Parameter): readonly (readonly (Slot | string)[])[];
  /** What is kept once. Default: nothing. */
  shared?(config: ConfigOf<F>): readonly SharedScalar[];
  /** The weight decay of a parameter. Default: `weightDecay`. */
  decayOf?(config: ConfigOf<F>, parameter: Parameter): number | null;
  /** Computes what all parameters of a dtype share, once, and gives the update of one of them. */
  prepare(config: ConfigOf<F>, inputs: RuleInputs): UpdateParameter;
}

/** An optimizer around another one. */
export interface WrapperDefinition<F extends Fields = Fields> {
  readonly fields: F;
  /** The other one, as it works in here. */
  inner(config: ConfigOf<F>): Optimizer;
  /** The configuration with another one inside. */
  around(config: ConfigOf<F>, inner: Optimizer): ConfigOf<F>;
  plan(config: ConfigOf<F>, inner: OptimizerPlan): OptimizerPlan;
}

/** What every rule can be told. (Keras: `Optimizer`.) */
const commonFields = {
  /** Every step also takes this share, times the learning rate, off the variables. */
  weightDecay: fields.orNull(fields.number({ min: 0 })),
  /** Variables in whose paths one of these occurs do not decay. (Keras: `exclude_from_weight_decay`.) */
  excludeFromWeightDecay: patterns(),
  /** The largest norm of the gradient of a variable. */
  clipnorm: fields.orNull(fields.number({ min: 0 })),
  /** The largest absolute value in a gradient. */
  clipvalue: fields.orNull(fields.number({ min: 0 })),
  /** The largest norm of all gradients together. */
  globalClipnorm: fields.orNull(fields.number({ min: 0 })),
  /** Whether moving averages of the variables are kept, which replace them when `fit` ends. */
  useEma: fields.boolean(false),
  emaMomentum: fields.number({ default: 0.99, min: 0, max: 1 }),
  /** The averages also replace the variables every so many updates. */
  emaOverwriteFrequency: fields.orNull(fields.integer({ min: 1 })),
  /** The loss is multiplied by it, and the gradients are divided by it. */
  lossScaleFactor: fields.orNull(positive()),
  /** Variables are updated every so many steps, with the mean of the gradients since. */
  gradientAccumulationSteps: fields.orNull(fields.integer({ min: 2 })),
};

/** The fields of a rule: its learning rate, its own, and the common ones. */
export function ruleFields<Own extends Fields>(learningRate: number, own: Own) {
  return { learningRate: learningRateField(learningRate), ...commonFields, ...own };
}

export type CommonConfig = ConfigOf<typeof commonFields> & { readonly learningRate: number | Schedule };
