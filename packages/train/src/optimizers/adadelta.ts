import { Add, Div, fields, Mul, Neg, Sqrt, type Tracer } from "@lamella/ir";

import { type RuleDefinition, ruleFields } from "./rule.ts";

const declared = ruleFields(0.001, {
  rho: fields.number({ default: 0.95 }),
  epsilon: fields.number({ default: 1e-7 }),
});

/** Steps as large as the recent ones were, over the root of the recent squares of the gradient. (Keras: `Adadelta`.) */
export const adadeltaDefinition: RuleDefinition<typeof declared> = {
  fields: declared,
  slotGroups: () => [["accumulated_grad", "accumulated_delta_var"]],
  prepare({ rho, epsilon }, { learningRate }) {
    const root = (x: Tracer) => Sqrt(Add(x, epsilon));
    const average = (old: Tracer, x: Tracer) => Add(Mul(rho, old), Mul(1 - rho, Mul(x, x)));
    return (variable, gradient, slots) => {
      const squares = average(slots["accumulated_grad"]!, gradient);
      const delta = Neg(Div(Mul(root(slots["accumulated_delta_var"]!), gradient), root(squares)));
      const deltas = average(slots["accumulated_delta_var"]!, delta);
      return {
        variable: Add(variable, Mul(learningRate, delta)),
        slots: { accumulated_grad: squares, accumulated_delta_var: deltas },
      };
    };
  },
};
