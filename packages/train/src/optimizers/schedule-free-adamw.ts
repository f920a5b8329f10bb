import { Add, Div, fields, Min, Mul, Pow, Sqrt, Sub } from "@lamella/ir";

import { positive } from "../option-fields.ts";
import { movingAverage, shareAfter } from "./moving-average.ts";
import { type RuleDefinition, ruleFields } from "./rule.ts";

const declared = ruleFields(0.0025, {
  beta1: positive({ default: 0.9, max: 1 }),
  beta2: fields.number({ default: 0.999 }),
  epsilon: fields.number({ default: 1e-8 }),
  warmupSteps: fields.integer({ default: 0, min: 0 }),
});

/**
 * Steps are taken by `momentum`, which starts as the variable itself; the variable lies between that and the mean of all
 * its places so far. (Keras: `ScheduleFreeAdamW`, as it is meant and computes on JAX: on TensorFlow its `momentum_old` is
 * the variable itself, which is the new momentum by the time it is read.)
 */
export const scheduleFreeAdamwDefinition: RuleDefinition<typeof declared> = {
  fields: declared,
  slotGroups: () => [[{ name: "momentum", initial: "parameter" }, "velocity"]],
  prepare({ beta1, beta2, epsilon, warmupSteps }, { learningRate, step }) {
    const rate = warmupSteps > 0 ? Mul(learningRate, Min(Div(step, warmupSteps), 1)) : learningRate;
    const correction = Sub(1, Pow(beta2, step));
    const [share1, share2] = [shareAfter(beta1, step), shareAfter(beta2, step)];
    const weight = Div(1, step);
    return (variable, gradient, slots) => {
      const old = slots["momentum"]!;
      const velocity = movingAverage(slots["velocity"]!, Mul(gradient, gradient), share2);
      const scale = Add(Sqrt(Div(velocity, correction)), epsilon);
      const momentum = Sub(old, Div(Mul(rate, gradient), scale));
      const mean = Div(Sub(variable, Mul(share1, old)), beta1);
      const newMean = Add(Mul(Sub(1, weight), mean), Mul(weight, momentum));
      return {
        variable: Add(Mul(share1, momentum), Mul(beta1, newMean)),
        slots: { momentum, velocity },
      };
    };
  },
};
