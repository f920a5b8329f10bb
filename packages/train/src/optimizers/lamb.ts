import { Add, Div, fields, Greater, Mul, Pow, ReduceSum, Sqrt, Sub, type Tracer, Where } from "@lamella/ir";

import { movingAverage } from "./moving-average.ts";
import { type RuleDefinition, ruleFields } from "./rule.ts";

const declared = ruleFields(0.001, {
  beta1: fields.number({ default: 0.9 }),
  beta2: fields.number({ default: 0.999 }),
  epsilon: fields.number({ default: 1e-7 }),
});

const norm = (x: Tracer) => Sqrt(ReduceSum(Mul(x, x)));

/** Adam with steps as long as the variables are large. (Keras: `Lamb`.) */
export const lambDefinition: RuleDefinition<typeof declared> = {
  fields: declared,
  slotGroups: () => [["momentum", "velocity"]],
  prepare({ beta1, beta2, epsilon }, { learningRate, step }) {
    const correction1 = Sub(1, Pow(beta1, step));
    const correction2 = Sub(1, Pow(beta2, step));
    return (variable, gradient, slots) => {
      const momentum = movingAverage(slots["momentum"]!, gradient, 1 - beta1);
      const velocity = movingAverage(slots["velocity"]!, Mul(gradient, gradient), 1 - beta2);
      const move = Div(Div(momentum, correction1), Add(Sqrt(Div(velocity, correction2)), epsilon));
      const [size, length] = [norm(variable), norm(move)];
      const ratio = Where(Greater(size, 0), Where(Greater(length, 0), Div(size, length), 1), 1);
      return { variable: Sub(variable, Mul(Mul(ratio, learningRate), move)), slots: { momentum, velocity } };
    };
  },
};
