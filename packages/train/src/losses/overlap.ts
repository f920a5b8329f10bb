import { Add, Div, type Field, fields, LamellaError, Mul, ReduceSum, Sub, type Tracer } from "@lamella/ir";

import { epsilon } from "./definition.ts";

type Axes = readonly number[] | null;

/** Whole numbers, one alone or several. */
const axes: Field<Axes, number | Axes> = {
  expects: "a whole number, a list of them, or null for all axes",
  default: null,
  parse(input, where) {
    if (input === null) return null;
    const list: readonly unknown[] = Array.isArray(input) ? input : [input];
    if (list.every((axis): axis is number => Number.isSafeInteger(axis))) return list;
    throw new LamellaError("config", {
      where,
      problem: "The value cannot be used.",
      expected: axes.expects,
      received: JSON.stringify(input),
    });
  },
  toJson: (value) => value,
};

/** The axes that one overlap is taken over; by default all, the batch too. */
export const diceFields = { axis: axes };
export const tverskyFields = {
  alpha: fields.number({ default: 0.5 }),
  beta: fields.number({ default: 0.5 }),
  axis: axes,
};

const overAxes = (x: Tracer, axis: Axes) => ReduceSum(x, axis === null ? {} : { axes: axis });

/** 1 less twice the common part by the sum of both. (Keras: `dice`.) */
export function dice(yTrue: Tracer, yPred: Tracer, { axis }: { readonly axis: Axes }): Tracer {
  const common = overAxes(Mul(yTrue, yPred), axis);
  const both = Add(overAxes(yTrue, axis), overAxes(yPred, axis));
  return Sub(1, Div(Mul(common, 2), Add(both, epsilon)));
}

/**
 * 1 less the common part by itself with `alpha` times what only the targets have and `beta` times what only the predictions
 * have. (Keras: `tversky`, which calls the first false positives.)
 */
export function tversky(
  yTrue: Tracer,
  yPred: Tracer,
  { alpha, beta, axis }: { readonly alpha: number; readonly beta: number; readonly axis: Axes },
): Tracer {
  const common = overAxes(Mul(yTrue, yPred), axis);
  const onlyTargets = overAxes(Mul(Sub(1, yPred), yTrue), axis);
  const onlyPredictions = overAxes(Mul(yPred, Sub(1, yTrue)), axis);
  const rest = Add(Mul(onlyTargets, alpha), Mul(onlyPredictions, beta));
  return Sub(1, Div(common, Add(Add(common, rest), epsilon)));
}
