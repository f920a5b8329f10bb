import { fields, LamellaError, LessOrEqual, type Tracer, Where } from "@lamella/ir";

import { numbers } from "../option-fields.ts";
import type { ScheduleDefinition } from "./schedule.ts";

const declared = { boundaries: fields.integers(), values: numbers() };

/** values[i] up to and with step boundaries[i], and the last value after them all. (Keras: `PiecewiseConstantDecay`.) */
export const piecewiseConstantDecayDefinition: ScheduleDefinition<typeof declared> = {
  fields: declared,
  check({ boundaries, values }, where) {
    const increasing = boundaries.every((boundary, i) => i === 0 || boundary > boundaries[i - 1]!);
    if (boundaries.length === 0 || !increasing) {
      throw new LamellaError("config", {
        where: `${where}, option 'boundaries'`,
        problem: "The value cannot be used.",
        expected: "one or more steps, each later than the one before",
        received: `[${boundaries.join(", ")}]`,
      });
    }
    if (values.length === boundaries.length + 1) return;
    throw new LamellaError("config", {
      where,
      problem: "The values do not fit the boundaries.",
      expected: `${boundaries.length + 1} values, one more than boundaries`,
      received: String(values.length),
    });
  },
  at({ boundaries, values }, step) {
    const last = step.builder.scalar(values.at(-1)!, "float32");
    return boundaries.reduceRight(
      (later: Tracer, boundary, i) => Where(LessOrEqual(step, boundary), values[i]!, later),
      last,
    );
  },
};
