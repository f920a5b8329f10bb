import { Add, Cast, Div, Equal, fields, Floor, Min, Mul, Neg, Pow, Sub, Where } from "@lamella/ir";

import { positive } from "../option-fields.ts";
import type { ScheduleDefinition } from "./schedule.ts";

const declared = {
  initialLearningRate: fields.number(),
  decaySteps: positive(),
  endLearningRate: fields.number({ default: 0.0001 }),
  power: fields.number({ default: 1 }),
  cycle: fields.boolean(false),
};

/**
 * From initialLearningRate to endLearningRate along (1 - step / decaySteps) ^ power. With `cycle`, decaySteps is taken as
 * often as it takes to reach the step. (Keras: `PolynomialDecay`.)
 */
export const polynomialDecayDefinition: ScheduleDefinition<typeof declared> = {
  fields: declared,
  at({ initialLearningRate, decaySteps, endLearningRate, power, cycle }, step) {
    const done = Cast(step, "float32");
    const ceiling = Neg(Floor(Neg(Div(done, decaySteps))));
    const share = cycle
      ? Div(done, Mul(decaySteps, Where(Equal(done, 0), 1, ceiling)))
      : Div(Min(done, decaySteps), decaySteps);
    // Keras subtracts in float32.
    const range = Math.fround(Math.fround(initialLearningRate) - Math.fround(endLearningRate));
    return Add(Mul(range, Pow(Sub(1, share), power)), endLearningRate);
  },
};
