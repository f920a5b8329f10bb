import { Add, Div, fields, Mul, Pow, Sqrt, Sub, type Tracer } from "@lamella/ir";

import { movingAverage, shareAfter } from "./moving-average.ts";
import { type RuleDefinition, ruleFields } from "./rule.ts";

const declared = ruleFields(0.001, {
  beta1: fields.number({ default: 0.9 }),
  beta2: fields.number({ default: 0.999 }),
  epsilon: fields.number({ default: 1e-7 }),
});

/** The share of momentum that a step takes. */
function momentumAt(beta1: number, step: Tracer): Tracer {
  return Mul(beta1, Sub(1, Mul(0.5, Pow(0.96, step))));
}

/** Adam with Nesterov momentum. (Keras: `Nadam`.) */
export const nadamDefinition: RuleDefinition<typeof declared> = {
  fields: declared,
  slotGroups: () => [["momentum", "velocity"]],
  shared: ({ beta1 }) => [
    {
      name: "u_product",
      title: "variable",
      initial: 1,
      next: (previous, step) => Mul(Mul(previous, beta1), Sub(1, Mul(0.5, Pow(0.96, step)))),
    },
  ],
  prepare({ beta1, beta2, epsilon }, { learningRate, step, shared }) {
    const product = shared["u_product"]!;
    const now = momentumAt(beta1, step);
    const next = momentumAt(beta1, Add(step, 1));
    const correction = Sub(1, Pow(beta2, step));
    const [share1, share2] = [shareAfter(beta1, step), shareAfter(beta2, step)];
    const ofMomentum = Sub(1, Mul(product, next));
    const ofGradient = Sub(1, product);
    return (variable, gradient, slots) => {
      const momentum = movingAverage(slots["momentum"]!, gradient, share1);
      const velocity = movingAverage(slots["velocity"]!, Mul(gradient, gradient), share2);
      const ahead = Add(Div(Mul(next, momentum), ofMomentum), Div(Mul(Sub(1, now), gradient), ofGradient));
      const move = Div(Mul(ahead, learningRate), Add(Sqrt(Div(velocity, correction)), epsilon));
      return { variable: Sub(variable, move), slots: { momentum, velocity } };
    };
  },
};
