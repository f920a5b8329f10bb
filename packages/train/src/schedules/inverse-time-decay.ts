import { Add, Cast, Div, fields, Floor, Mul } from "@lamella/ir";

import { positive } from "../option-fields.ts";
import type { ScheduleDefinition } from "./schedule.ts";

const declared = {
  initialLearningRate: fields.number(),
  decaySteps: positive(),
  decayRate: fields.number(),
  staircase: fields.boolean(false),
};

/** initialLearningRate / (1 + decayRate * step / decaySteps); with `staircase` the quotient is floored. (Keras: `InverseTimeDecay`.) */
export const inverseTimeDecayDefinition: ScheduleDefinition<typeof declared> = {
  fields: declared,
  at({ initialLearningRate, decaySteps, decayRate, staircase }, step) {
    const periods = Div(Cast(step, "float32"), decaySteps);
    return Div(initialLearningRate, Add(1, Mul(decayRate, staircase ? Floor(periods) : periods)));
  },
};
