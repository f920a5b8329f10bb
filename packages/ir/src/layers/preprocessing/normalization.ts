import { momentsOf } from "../../adapt.ts";
import { defineLayer } from "../../define-layer.ts";
import type { Dim } from "../../dim.ts";
import { LamellaError } from "../../errors.ts";
import { type Field, fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import type { LowerContext } from "../../lowering.ts";
import { Add, Constant, Div, Max, Mul, Reshape, Sqrt, Sub } from "../../operators.ts";
import { normalizeAxis } from "../../primitives/shape-rules.ts";
import { type NestedArray, tensor } from "../../tensor.ts";
import { ones, zeros } from "../common.ts";

/** One axis, several, or none; kept in the form it was given. */
function axesField(): Field<readonly number[] | number | null> {
  const several = fields.integers();
  const one = fields.integer();
  return {
    expects: "a whole number, a list of them, or null",
    default: -1,
    parse(input, where) {
      if (input === null) return null;
      return Array.isArray(input) ? several.parse(input, where) : one.parse(input, where);
    },
    toJson: (value) => value,
  };
}

/** A number or nested arrays of numbers, or null. */
function statistic(): Field<NestedArray | null> {
  return {
    expects: "a number, nested arrays of numbers, or null",
    default: null,
    parse(input, where) {
      if (input === null) return null;
      try {
        tensor(input as NestedArray);
        return input as NestedArray;
      } catch (cause) {
        const expected = "a number, nested arrays of numbers, or null";
        throw new LamellaError("config", { where, problem: "The value cannot be used.", expected, cause });
      }
    },
    toJson: (value) => value,
  };
}

interface NormalizationConfig {
  readonly axis: readonly number[] | number | null;
  readonly mean: NestedArray | null;
  readonly variance: NestedArray | null;
}

/** The axes that keep statistics of their own, ascending. */
function keptAxes({ axis }: NormalizationConfig, rank: number): readonly number[] {
  return [axis ?? []]
    .flat()
    .map((one) => normalizeAxis(one, rank))
    .toSorted((a, b) => a - b);
}

/** Given statistics, their axes aligned with the last of the kept ones. */
function given(context: LowerContext<NormalizationConfig>, values: NestedArray, kept: readonly number[], x: Tracer) {
  const constant = Constant(context.builder, tensor(values, undefined, context.dtype));
  const shape: Dim[] = x.shape.map(() => 1);
  for (const [i, dim] of constant.shape.toReversed().entries()) shape[kept.at(-1 - i)!] = dim;
  return Reshape(constant, shape);
}

/** The mean and the variance in shapes that broadcast. */
function statistics(context: LowerContext<NormalizationConfig>, x: Tracer): readonly [Tracer, Tracer] {
  const { mean, variance } = context.config;
  const kept = keptAxes(context.config, x.rank);
  if (mean !== null && variance !== null) {
    const [meanShape, varianceShape] = [tensor(mean).shape, tensor(variance).shape];
    if (meanShape.join() !== varianceShape.join() || meanShape.length > kept.length) {
      throw context.error("config", {
        problem: "'mean' and 'variance' must have one shape, with no more axes than 'axis' names.",
        expected: `at most ${kept.length} axes`,
        received: `[${meanShape.join(", ")}] and [${varianceShape.join(", ")}]`,
      });
    }
    return [given(context, mean, kept, x), given(context, variance, kept, x)];
  }
  if (mean !== null || variance !== null) {
    throw context.error("config", { problem: "'mean' and 'variance' must be given together, or neither." });
  }
  const sizes = kept.map((axis) => x.shape[axis]!);
  const broadcast = x.shape.map((dim, axis) => (kept.includes(axis) ? dim : 1));
  const weights = [
    context.weight("mean", sizes, { initializer: zeros, trainable: false }),
    context.weight("variance", sizes, { initializer: ones, trainable: false }),
  ] as const;
  context.weight("count", [], { initializer: zeros, trainable: false, dtype: "int64" });
  return [Reshape(weights[0], broadcast), Reshape(weights[1], broadcast)];
}

/** Shifts and scales by a mean and a variance that are given, or that `adapt` found in data. (Keras: Normalization.) */
export const normalization = defineLayer({
  type: "Normalization",
  fields: { axis: axesField(), mean: statistic(), variance: statistic(), invert: fields.boolean(false) },
  short: "axis",
  casts: "all",
  masking: "pass",
  adapt(config, batches, where) {
    if (config.mean !== null) {
      throw new LamellaError("state", { where, problem: "The layer has been given its mean and variance." });
    }
    const { shape, mean, variance } = momentsOf(batches, keptAxes(config, batches[0]!.shape.length));
    return { weights: { mean: tensor(mean, shape), variance: tensor(variance, shape) } };
  },
  lower(context, [x]) {
    const [mean, variance] = statistics(context, x!.tensor);
    const deviation = Max(Sqrt(variance), 1e-7);
    return context.config.invert ? Add(mean, Mul(x!.tensor, deviation)) : Div(Sub(x!.tensor, mean), deviation);
  },
});
