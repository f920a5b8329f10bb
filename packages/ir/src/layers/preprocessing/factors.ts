import type { Shape } from "../../dim.ts";
import { LamellaError } from "../../errors.ts";
import type { Field } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import type { LowerContext } from "../../lowering.ts";
import { Add, Mul } from "../../operators.ts";

/** A number, or where a random number starts and ends. */
export type Factor = number | readonly [number, number];

const isPair = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);

/** A factor that `accepts` takes; kept in the form it was given. */
function factorField(expects: string, accepts: (factor: Factor) => boolean): Field<Factor> {
  return {
    expects,
    parse(input, where) {
      const factor = typeof input === "number" && Number.isFinite(input) ? input : isPair(input) ? input : undefined;
      if (factor !== undefined && accepts(factor)) return factor;
      const received = JSON.stringify(input) ?? String(input);
      throw new LamellaError("config", { where, problem: "The value cannot be used.", expected: expects, received });
    },
    toJson: (value) => value,
  };
}

/** A number between two limits, or two numbers whose range meets that between the limits. */
export function looseFactor(low: number, high: number): Field<Factor> {
  return factorField(`a number from ${low} to ${high}, or two of them`, (factor) =>
    typeof factor === "number" ? factor >= low && factor <= high : factor[0] <= high && factor[1] >= low,
  );
}

/** One or two numbers up to 1: from -1, or, when that is not included, above it. */
export function strictFactor(includesLow: boolean): Field<Factor> {
  const fits = (value: number) => value <= 1 && (value > -1 || (includesLow && value === -1));
  const expects = `one or two numbers ${includesLow ? "from" : "above"} -1 up to 1`;
  return factorField(expects, (factor) => (typeof factor === "number" ? fits(factor) : factor.every(fits)));
}

/** Where a factor starts and ends; a number is a distance to both sides of 0, as far as `low`. */
export function boundsOf(factor: Factor, low = -1): readonly [number, number] {
  if (typeof factor !== "number") return [Math.min(...factor), Math.max(...factor)];
  return [Math.max(-Math.abs(factor), low), Math.abs(factor)];
}

/** A number between two others for every element. */
export function randomBetween(
  context: LowerContext<{ readonly seed: number | null }>,
  shape: Shape,
  low: number,
  high: number,
): Tracer {
  return Add(Mul(context.randomUniform(shape, context.config.seed), high - low), low);
}
