import {
  Add,
  Cast,
  Cos,
  Div,
  fields,
  Floor,
  GreaterOrEqual,
  Log,
  Mul,
  Pow,
  Sub,
  type Tracer,
  Where,
} from "@lamella/ir";

import { positive } from "../option-fields.ts";
import type { ScheduleDefinition } from "./schedule.ts";

const declared = {
  initialLearningRate: fields.number(),
  firstDecaySteps: positive(),
  tMul: positive({ default: 2 }),
  mMul: fields.number({ default: 1 }),
  alpha: fields.number({ default: 0 }),
};

/** The number of restarts so far, and the share of the period since the last one. */
function periodOf(periods: Tracer, tMul: number): readonly [Tracer, Tracer] {
  if (tMul === 1) {
    const restarts = Floor(periods);
    return [restarts, Sub(periods, restarts)];
  }
  const factor = Math.fround(tMul);
  const rest = Math.fround(1 - factor);
  const start = (restart: Tracer) => Div(Sub(1, Pow(factor, restart)), rest);
  // The quotient may be rounded to just below a whole number, differently on every backend; Keras then restarts a step late.
  const fewest = Floor(Div(Log(Sub(1, Mul(periods, rest))), Math.fround(Math.log(factor))));
  const next = Add(fewest, 1);
  const restarts = Where(GreaterOrEqual(periods, start(next)), next, fewest);
  return [restarts, Div(Sub(periods, start(restarts)), Pow(factor, restarts))];
}

/**
 * Half a cosine down to the share `alpha`, again and again: every period is `tMul` times as long as the one before and
 * starts at `mMul` times its learning rate. (Keras: `CosineDecayRestarts`.)
 */
export const cosineDecayRestartsDefinition: ScheduleDefinition<typeof declared> = {
  fields: declared,
  at({ initialLearningRate, firstDecaySteps, tMul, mMul, alpha }, step) {
    const [restarts, share] = periodOf(Div(Cast(step, "float32"), firstDecaySteps), tMul);
    const cosine = Mul(Mul(0.5, Pow(mMul, restarts)), Add(1, Cos(Mul(Math.PI, share))));
    return Mul(initialLearningRate, Add(Mul(1 - alpha, cosine), alpha));
  },
};
