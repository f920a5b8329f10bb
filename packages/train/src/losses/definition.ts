import { type ConfigOf, type Field, type Fields, fields, type Tracer } from "@lamella/ir";

import { type Reduction, reductions } from "./reduce-loss.ts";

/** Keras's `backend.epsilon()`. */
export const epsilon = 1e-7;

/** What the computation of a loss gives before it is reduced. */
export interface LossValues {
  readonly values: Tracer;
  /** bool; false where a value does not count. */
  readonly mask?: Tracer | undefined;
}

/**
 * What the targets of a loss are. `values`: as the predictions, and cast to their dtype. `classes`: one class number for each
 * prediction. `sequences`: class numbers, several a sample. `identities`: whole numbers, equal where samples belong together.
 * All but `values` stay the integers they are.
 */
export type Targets = "values" | "classes" | "sequences" | "identities";

/** A kind of loss: what it can be told and what it computes. */
export interface LossDefinition<in Config = never> {
  readonly fields: Fields;
  readonly targets: Targets;
  readonly compute: (yTrue: Tracer, yPred: Tracer, config: Config) => LossValues;
}

/** `null` is 'none', as in Keras. */
const reduction: Field<Reduction, Reduction | (string & {}) | null> = (() => {
  const choice = fields.choice(reductions, "sumOverBatchSize");
  return { ...choice, parse: (input, where) => (input === null ? "none" : choice.parse(input, where)) };
})();

/** What every loss can be told. `name` stands in messages; `dtype` is what it computes in, by default that of the predictions. */
const shared = {
  reduction,
  name: fields.orNull(fields.text()),
  dtype: fields.orNull(fields.choice(["float16", "float32", "float64"])),
};

type Shared = typeof shared;
type Compute<F extends Fields, Out> = (yTrue: Tracer, yPred: Tracer, config: ConfigOf<F>) => Out;
type Defined<F extends Fields> = LossDefinition & { readonly fields: Shared & F };

/** A loss with its own fields beside those that all have. */
export function defineLoss<F extends Fields>(
  own: F,
  compute: Compute<F, Tracer | LossValues>,
  targets: Targets = "values",
): Defined<F> {
  const wrapped: Compute<F, LossValues> = (yTrue, yPred, config) => {
    const result = compute(yTrue, yPred, config);
    return "values" in result ? result : { values: result };
  };
  return { fields: { ...shared, ...own }, targets, compute: wrapped };
}
