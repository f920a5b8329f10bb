import { Add, fields, Mul, Sub } from "@lamella/ir";

import { type RuleDefinition, ruleFields } from "./rule.ts";

const declared = ruleFields(0.01, {
  momentum: fields.number({ default: 0, min: 0, max: 1 }),
  nesterov: fields.boolean(false),
});

/** Gradient descent, with momentum if asked for. (Keras: `SGD`.) */
export const sgdDefinition: RuleDefinition<typeof declared> = {
  fields: declared,
  slotGroups: ({ momentum }) => (momentum === 0 ? [] : [["momentum"]]),
  prepare:
    ({ momentum, nesterov }, { learningRate }) =>
    (variable, gradient, slots) => {
      const step = Mul(gradient, learningRate);
      if (momentum === 0) return { variable: Sub(variable, step), slots: {} };
      const velocity = Sub(Mul(slots["momentum"]!, momentum), step);
      const move = nesterov ? Sub(Mul(velocity, momentum), step) : velocity;
      return { variable: Add(variable, move), slots: { momentum: velocity } };
    },
};
