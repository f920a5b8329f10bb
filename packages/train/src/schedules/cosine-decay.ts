import { Add, Cast, Cos, Div, fields, Less, Min, Mul, Sub, type Tracer, Where } from "@lamella/ir";

import { positive } from "../option-fields.ts";
import type { ScheduleDefinition } from "./schedule.ts";

const declared = {
  initialLearningRate: fields.number(),
  decaySteps: positive(),
  alpha: fields.number({ default: 0 }),
  warmupTarget: fields.orNull(fields.number()),
  warmupSteps: fields.number({ default: 0, min: 0 }),
};

/**
 * Down to the share `alpha` along half a cosine. With a warmupTarget, first a straight line to that in warmupSteps, and the
 * decay starts there. (Keras: `CosineDecay`.)
 */
export const cosineDecayDefinition: ScheduleDefinition<typeof declared> = {
  fields: declared,
  at({ initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps }, step) {
    const done = Cast(step, "float32");
    const decay = (after: Tracer, from: number) => {
      const cosine = Mul(0.5, Add(1, Cos(Mul(Math.PI, Div(after, decaySteps)))));
      return Mul(from, Add(Mul(1 - alpha, cosine), alpha));
    };
    if (warmupTarget === null) return decay(Min(done, decaySteps), initialLearningRate);
    const upTo = Min(done, decaySteps + warmupSteps);
    const range = Math.fround(Math.fround(warmupTarget) - Math.fround(initialLearningRate));
    const warmup = Add(Mul(range, Div(upTo, warmupSteps)), initialLearningRate);
    return Where(Less(upTo, warmupSteps), warmup, decay(Sub(upTo, warmupSteps), warmupTarget));
  },
};
