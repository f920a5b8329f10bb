import { Div, type Field, fields, LamellaError, Pow, ReduceSum, Sub, type Tracer, Where } from "@lamella/ir";

import { isLabel, labelsOf } from "./labels.ts";

const between = fields.number({ default: 0.5 });

export const generalizedFields: { readonly q: Field<number> } = {
  q: {
    ...between,
    expects: "a number between 0 and 1, neither of them",
    parse(input, where) {
      const value = between.parse(input, where);
      if (value > 0 && value < 1) return value;
      throw new LamellaError("config", {
        where,
        problem: "The value cannot be used.",
        expected: generalizedFields.q.expects,
        received: String(value),
      });
    },
  },
};

/**
 * (1 - p^q) / q of the probability of the target's class, which noisy labels disturb less than a crossentropy. Targets are
 * class numbers. (Keras: `categorical_generalized_cross_entropy`; targets (batch, 1) are taken for (batch), of which Keras makes
 * a matrix of all pairs.)
 */
export function generalizedCrossentropy(yTrue: Tracer, yPred: Tracer, { q }: { readonly q: number }): Tracer {
  const labels = labelsOf(yTrue, yPred);
  const probability = ReduceSum(Where(isLabel(labels, yPred), yPred, 0), { axes: [-1] });
  return Div(Sub(1, Pow(probability, q)), q);
}
