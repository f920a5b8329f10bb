import type { Constraint } from "../../constraints.ts";
import type { Shape } from "../../dim.ts";
import { fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import type { Initializer } from "../../initializers.ts";
import type { LowerContext } from "../../lowering.ts";
import { Add, Cast, Div, Mul, Neg, ReduceMean, Reshape, Sqrt, Sub } from "../../operators.ts";
import type { Regularizer } from "../../regularizers.ts";
import { ones, zeros } from "../common.ts";

/** The fields of layers that scale by gamma and add beta. */
export const affineFields = {
  center: fields.boolean(true),
  scale: fields.boolean(true),
  betaInitializer: fields.initializer(zeros),
  gammaInitializer: fields.initializer(ones),
  betaRegularizer: fields.regularizer(),
  gammaRegularizer: fields.regularizer(),
  betaConstraint: fields.constraint(),
  gammaConstraint: fields.constraint(),
};

interface WeightConfig {
  readonly betaInitializer: Initializer;
  readonly gammaInitializer: Initializer;
  readonly betaRegularizer: Regularizer | null;
  readonly gammaRegularizer: Regularizer | null;
  readonly betaConstraint: Constraint | null;
  readonly gammaConstraint: Constraint | null;
}

/** gamma and beta, or what there is of them. */
export function affineWeights(
  context: LowerContext<WeightConfig>,
  shape: Shape,
  { center, scale }: { readonly center: boolean; readonly scale: boolean },
): { readonly gamma: Tracer | undefined; readonly beta: Tracer | undefined } {
  const { config } = context;
  const gamma = scale
    ? context.weight("gamma", shape, {
        initializer: config.gammaInitializer,
        regularizer: config.gammaRegularizer,
        constraint: config.gammaConstraint,
        autocast: false,
      })
    : undefined;
  const beta = center
    ? context.weight("beta", shape, {
        initializer: config.betaInitializer,
        regularizer: config.betaRegularizer,
        constraint: config.betaConstraint,
        autocast: false,
      })
    : undefined;
  return { gamma, beta };
}

/** Mean and variance over some axes, which stay with size 1. */
export function meanAndVariance(x: Tracer, axes: readonly number[]): readonly [mean: Tracer, variance: Tracer] {
  const mean = ReduceMean(x, { axes, keepdims: true });
  const centered = Sub(x, mean);
  return [mean, ReduceMean(Mul(centered, centered), { axes, keepdims: true })];
}

/** 1 / sqrt(x + epsilon). */
export function inverseRoot(x: Tracer, epsilon: number): Tracer {
  return Div(1, Sqrt(Add(x, epsilon)));
}

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta over some axes, gamma and beta in a shape that broadcasts. */
export function normalized(
  x: Tracer,
  axes: readonly number[],
  epsilon: number,
  { gamma, beta }: { readonly gamma: Tracer | undefined; readonly beta: Tracer | undefined },
  shape: Shape,
): Tracer {
  const shaped = (weight: Tracer) => Cast(Reshape(weight, shape), x.dtype);
  const [mean, variance] = meanAndVariance(x, axes);
  const inverse = inverseRoot(variance, epsilon);
  const factor = gamma === undefined ? inverse : Mul(inverse, shaped(gamma));
  const shift = Neg(Mul(mean, factor));
  return Add(Mul(x, factor), beta === undefined ? shift : Add(shift, shaped(beta)));
}
