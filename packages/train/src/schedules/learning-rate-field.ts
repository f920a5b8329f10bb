import type { Field, JsonValue } from "@lamella/ir";

import type { Schedule } from "./schedule.ts";
import { resolveSchedule } from "./schedules.ts";

/** A number, or a schedule as data. */
export function learningRateField(fallback: number): Field<number | Schedule> {
  return {
    expects: "a number or a schedule",
    default: fallback,
    parse: (input, where) =>
      typeof input === "number" && Number.isFinite(input) ? input : resolveSchedule(input, where),
    toJson: (value) => value as JsonValue,
  };
}
