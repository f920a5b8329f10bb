import { Abs, Add, Div, fields, Max, Mul, Pow, Sub } from "@lamella/ir";

import { movingAverage } from "./moving-average.ts";
import { type RuleDefinition, ruleFields } from "./rule.ts";

const declared = ruleFields(0.001, {
  beta1: fields.number({ default: 0.9 }),
  beta2: fields.number({ default: 0.999 }),
  epsilon: fields.number({ default: 1e-7 }),
});

/** Adam with the largest of the decayed gradients in place of their mean square. (Keras: `Adamax`.) */
export const adamaxDefinition: RuleDefinition<typeof declared> = {
  fields: declared,
  slotGroups: () => [["momentum", "norm"]],
  prepare({ beta1, beta2, epsilon }, { learningRate, step }) {
    const correction = Sub(1, Pow(beta1, step));
    return (variable, gradient, slots) => {
      const momentum = movingAverage(slots["momentum"]!, gradient, 1 - beta1);
      const norm = Max(Mul(beta2, slots["norm"]!), Abs(gradient));
      const move = Div(Mul(learningRate, momentum), Mul(correction, Add(norm, epsilon)));
      return { variable: Sub(variable, move), slots: { momentum, norm } };
    };
  },
};
