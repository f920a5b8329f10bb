import { Add, Div, fields, Mul, Sqrt, Sub, type Tracer } from "@lamella/ir";

import { type RuleDefinition, ruleFields } from "./rule.ts";

const declared = ruleFields(0.001, {
  rho: fields.number({ default: 0.9 }),
  momentum: fields.number({ default: 0 }),
  epsilon: fields.number({ default: 1e-7 }),
  centered: fields.boolean(false),
});

/** Divides the gradient by the root of a moving average of its square. (Keras: `RMSprop`.) */
export const rmspropDefinition: RuleDefinition<typeof declared> = {
  fields: declared,
  slotGroups: ({ momentum, centered }) => [
    ["velocity"],
    ...(momentum > 0 ? [["momentum"]] : []),
    ...(centered ? [["average_gradient"]] : []),
  ],
  prepare({ rho, momentum, epsilon, centered }, { learningRate }) {
    const average = (old: Tracer, value: Tracer) => Add(Mul(old, rho), Mul(value, 1 - rho));
    return (variable, gradient, slots) => {
      const velocity = average(slots["velocity"]!, Mul(gradient, gradient));
      const next: Record<string, Tracer> = { velocity };
      let variance = velocity;
      if (centered) {
        const mean = average(slots["average_gradient"]!, gradient);
        next["average_gradient"] = mean;
        variance = Sub(velocity, Mul(mean, mean));
      }
      let step = Div(Mul(gradient, learningRate), Sqrt(Add(variance, epsilon)));
      if (momentum > 0) {
        step = Add(Mul(slots["momentum"]!, momentum), step);
        next["momentum"] = step;
      }
      return { variable: Sub(variable, step), slots: next };
    };
  },
};
