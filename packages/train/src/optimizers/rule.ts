import { type ConfigOf, type Fields, fields, type Tracer } from "@lamella/ir";

/** What a rule may use at every variable. All scalars of the variable's dtype. */
interface RuleInputs {
  readonly learningRate: Tracer;
  /** The number of this step, from 1. */
  readonly step: Tracer;
}

interface Slots {
  readonly [name: string]: Tracer;
}

/** The update of one variable. */
export type UpdateVariable = (
  variable: Tracer,
  gradient: Tracer,
  slots: Slots,
) => { readonly variable: Tracer; readonly slots: Slots };

export interface OptimizerDefinition<F extends Fields = Fields> {
  readonly fields: F;
  /** The names of what is kept for every variable; the slots of a group stand side by side in Keras's order of variables. */
  slotGroups(config: ConfigOf<F>): readonly (readonly string[])[];
  /** Computes what all variables share, once, and gives the update of one of them. */
  prepare(config: ConfigOf<F>, inputs: RuleInputs): UpdateVariable;
}

/** What every optimizer can be told. (Keras: `Optimizer`.) */
export const commonFields = {
  /** Every step also takes this share, times the learning rate, off the variables. */
  weightDecay: fields.orNull(fields.number({ min: 0 })),
  /** The largest norm of the gradient of a variable. */
  clipnorm: fields.orNull(fields.number({ min: 0 })),
  /** The largest absolute value in a gradient. */
  clipvalue: fields.orNull(fields.number({ min: 0 })),
  /** The largest norm of all gradients together. */
  globalClipnorm: fields.orNull(fields.number({ min: 0 })),
};

export type CommonConfig = ConfigOf<typeof commonFields>;
