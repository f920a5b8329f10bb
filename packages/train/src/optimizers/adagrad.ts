import { Add, Div, fields, Mul, Sqrt, Sub } from "@lamella/ir";

import { type RuleDefinition, ruleFields } from "./rule.ts";

const declared = ruleFields(0.001, {
  initialAccumulatorValue: fields.number({ default: 0.1, min: 0 }),
  epsilon: fields.number({ default: 1e-7 }),
});

/** Divides the gradient by the root of the sum of all its squares. (Keras: `Adagrad`.) */
export const adagradDefinition: RuleDefinition<typeof declared> = {
  fields: declared,
  slotGroups: ({ initialAccumulatorValue }) => [[{ name: "accumulator", initial: initialAccumulatorValue }]],
  prepare:
    ({ epsilon }, { learningRate }) =>
    (variable, gradient, slots) => {
      const accumulator = Add(slots["accumulator"]!, Mul(gradient, gradient));
      const move = Div(Mul(learningRate, gradient), Sqrt(Add(accumulator, epsilon)));
      return { variable: Sub(variable, move), slots: { accumulator } };
    },
};
