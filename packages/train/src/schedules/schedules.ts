import { type ConfigOf, configToJson, LamellaError, parseConfig, resolveName, type Tracer } from "@lamella/ir";

import { cosineDecayRestartsDefinition } from "./cosine-decay-restarts.ts";
import { cosineDecayDefinition } from "./cosine-decay.ts";
import { exponentialDecayDefinition } from "./exponential-decay.ts";
import { inverseTimeDecayDefinition } from "./inverse-time-decay.ts";
import { piecewiseConstantDecayDefinition } from "./piecewise-constant-decay.ts";
import { polynomialDecayDefinition } from "./polynomial-decay.ts";
import type { Schedule, ScheduleDefinition, ScheduleType } from "./schedule.ts";

const table = {
  ExponentialDecay: exponentialDecayDefinition,
  PiecewiseConstantDecay: piecewiseConstantDecayDefinition,
  PolynomialDecay: polynomialDecayDefinition,
  InverseTimeDecay: inverseTimeDecayDefinition,
  CosineDecay: cosineDecayDefinition,
  CosineDecayRestarts: cosineDecayRestartsDefinition,
} satisfies Readonly<Record<ScheduleType, ScheduleDefinition>>;

type ScheduleConfig<Type extends ScheduleType> = ConfigOf<(typeof table)[Type]["fields"]>;
type Options<Config, Needed extends keyof Config> = Pick<Config, Needed> & Partial<Config>;

const names = Object.keys(table) as readonly ScheduleType[];

function make(type: ScheduleType, given: object, where: string): Schedule {
  const definition: ScheduleDefinition = table[type];
  const config = parseConfig(definition.fields, { ...given }, where);
  definition.check?.(config, where);
  return { type, config: configToJson(definition.fields, config) };
}

const factory =
  <Type extends ScheduleType, Needed extends keyof ScheduleConfig<Type>>(type: Type, where: string) =>
  (config: Options<ScheduleConfig<Type>, Needed>): Schedule =>
    make(type, config, where);

/** initialLearningRate * decayRate ^ (step / decaySteps). Default: staircase false. (Keras: `ExponentialDecay`.) */
export const exponentialDecay = factory<"ExponentialDecay", "initialLearningRate" | "decaySteps" | "decayRate">(
  "ExponentialDecay",
  "exponentialDecay",
);

/** values[i] up to and with step boundaries[i], then the last of the values. (Keras: `PiecewiseConstantDecay`.) */
export const piecewiseConstantDecay = factory<"PiecewiseConstantDecay", "boundaries" | "values">(
  "PiecewiseConstantDecay",
  "piecewiseConstantDecay",
);

/** Defaults: endLearningRate 0.0001, power 1, cycle false. (Keras: `PolynomialDecay`.) */
export const polynomialDecay = factory<"PolynomialDecay", "initialLearningRate" | "decaySteps">(
  "PolynomialDecay",
  "polynomialDecay",
);

/** initialLearningRate / (1 + decayRate * step / decaySteps). Default: staircase false. (Keras: `InverseTimeDecay`.) */
export const inverseTimeDecay = factory<"InverseTimeDecay", "initialLearningRate" | "decaySteps" | "decayRate">(
  "InverseTimeDecay",
  "inverseTimeDecay",
);

/** Defaults: alpha 0, warmupTarget null, warmupSteps 0. (Keras: `CosineDecay`.) */
export const cosineDecay = factory<"CosineDecay", "initialLearningRate" | "decaySteps">("CosineDecay", "cosineDecay");

/** Defaults: tMul 2, mMul 1, alpha 0. (Keras: `CosineDecayRestarts`.) */
export const cosineDecayRestarts = factory<"CosineDecayRestarts", "initialLearningRate" | "firstDecaySteps">(
  "CosineDecayRestarts",
  "cosineDecayRestarts",
);

/**
 * A schedule from `{ type, config }`, with any spelling of its Keras name.
 *
 * @throws LamellaError `name` for an unknown name, `config` for anything else
 */
export function resolveSchedule(input: unknown, where: string): Schedule {
  if (typeof input !== "object" || input === null || !("type" in input) || typeof input.type !== "string") {
    throw new LamellaError("config", {
      where,
      problem: "This is not a learning rate.",
      expected: `a number, or a schedule: ${names.join(", ")}`,
      received: typeof input === "function" ? "a function" : (JSON.stringify(input) ?? String(input)),
      hint: "Make a schedule with exponentialDecay(), cosineDecay() and the like.",
    });
  }
  const type = resolveName("schedule", input.type, names, where);
  const config = "config" in input && typeof input.config === "object" && input.config !== null ? input.config : {};
  return make(type, config, `${where}, ${type}`);
}

/** The learning rate, float32, after `step` steps, an int32 scalar. */
export function learningRateAt({ type, config }: Schedule, step: Tracer): Tracer {
  const definition: ScheduleDefinition = table[type];
  return definition.at(config, step);
}
