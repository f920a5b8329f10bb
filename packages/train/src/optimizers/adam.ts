import { Add, Div, fields, Max, Mul, Pow, Sqrt, Sub, type Tracer } from "@lamella/ir";

import { commonFields, type OptimizerDefinition } from "./rule.ts";

const declared = {
  learningRate: fields.number({ default: 0.001 }),
  beta1: fields.number({ default: 0.9 }),
  beta2: fields.number({ default: 0.999 }),
  epsilon: fields.number({ default: 1e-7 }),
  amsgrad: fields.boolean(false),
  ...commonFields,
};

/** Moving averages of the gradient and of its square, corrected for their start at 0. (Keras: `Adam`.) */
export const adamDefinition: OptimizerDefinition<typeof declared> = {
  fields: declared,
  slotGroups: ({ amsgrad }) => [["momentum", "velocity"], ...(amsgrad ? [["velocity_hat"]] : [])],
  prepare({ beta1, beta2, epsilon, amsgrad }, { learningRate, step }) {
    const correction = (beta: number) => Sub(1, Pow(beta, step));
    const alpha = Div(Mul(learningRate, Sqrt(correction(beta2))), correction(beta1));
    const average = (old: Tracer, value: Tracer, beta: number) => Add(old, Mul(Sub(value, old), 1 - beta));
    return (variable, gradient, slots) => {
      const momentum = average(slots["momentum"]!, gradient, beta1);
      const velocity = average(slots["velocity"]!, Mul(gradient, gradient), beta2);
      const next: Record<string, Tracer> = { momentum, velocity };
      let scale = velocity;
      if (amsgrad) {
        scale = Max(slots["velocity_hat"]!, velocity);
        next["velocity_hat"] = scale;
      }
      return { variable: Sub(variable, Div(Mul(momentum, alpha), Add(Sqrt(scale), epsilon))), slots: next };
    };
  },
};
