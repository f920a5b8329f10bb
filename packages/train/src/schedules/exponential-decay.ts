import { Cast, Div, fields, Floor, Mul, Pow } from "@lamella/ir";

import { positive } from "../option-fields.ts";
import type { ScheduleDefinition } from "./schedule.ts";

const declared = {
  initialLearningRate: fields.number(),
  decaySteps: positive(),
  decayRate: fields.number(),
  staircase: fields.boolean(false),
};

/** initialLearningRate * decayRate ^ (step / decaySteps); with `staircase` the exponent is floored. (Keras: `ExponentialDecay`.) */
export const exponentialDecayDefinition: ScheduleDefinition<typeof declared> = {
  fields: declared,
  at({ initialLearningRate, decaySteps, decayRate, staircase }, step) {
    const periods = Div(Cast(step, "float32"), decaySteps);
    return Mul(initialLearningRate, Pow(decayRate, staircase ? Floor(periods) : periods));
  },
};
