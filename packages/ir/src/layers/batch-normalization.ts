import { defineLayer } from "../define-layer.ts";
import { promote } from "../dtype.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { Add, Cast, Div, Expand, Max, Mul, ReduceMean, ReduceSum, Reshape, Sqrt, Sub } from "../operators.ts";
import { normalizeAxis } from "../primitives/shape-rules.ts";
import { asFloat, ones, zeros } from "./common.ts";

/** Mean and variance over all axes but one, kept as axes of size 1; steps that a mask leaves out do not count. */
function moments(x: Tracer, axes: readonly number[], mask: Tracer | undefined): readonly [Tracer, Tracer] {
  if (mask === undefined) {
    const mean = ReduceMean(x, { axes, keepdims: true });
    const centered = Sub(x, mean);
    return [mean, ReduceMean(Mul(centered, centered), { axes, keepdims: true })];
  }
  const aligned = Reshape(mask, [...mask.shape, ...x.shape.slice(mask.rank).map(() => 1)]);
  const weight = Cast(Expand(aligned, x.shape), x.dtype);
  const total = (values: Tracer) => ReduceSum(values, { axes, keepdims: true });
  const count = Max(total(weight), 1e-7);
  const mean = Div(total(Mul(x, weight)), count);
  const centered = Sub(x, mean);
  return [mean, Div(total(Mul(Mul(centered, centered), weight)), count)];
}

/** Centres and scales every channel: by the batch's statistics in training, by moving ones else. (Keras: BatchNormalization.) */
export const batchNormalization = defineLayer({
  type: "BatchNormalization",
  fields: {
    axis: fields.integer({ default: -1 }),
    momentum: fields.number({ default: 0.99 }),
    epsilon: fields.number({ default: 0.001, min: 0 }),
    center: fields.boolean(true),
    scale: fields.boolean(true),
    betaInitializer: fields.initializer(zeros),
    gammaInitializer: fields.initializer(ones),
    movingMeanInitializer: fields.initializer(zeros),
    movingVarianceInitializer: fields.initializer(ones),
    betaRegularizer: fields.regularizer(),
    gammaRegularizer: fields.regularizer(),
    betaConstraint: fields.constraint(),
    gammaConstraint: fields.constraint(),
  },
  casts: "all",
  masking: "pass",
  lower(context, [x]) {
    const { config } = context;
    const { mask } = x!;
    const given = asFloat(x!.tensor);
    const tensor = Cast(given, promote(given.dtype, "float32"));
    const axis = normalizeAxis(config.axis, tensor.rank);
    const size = tensor.shape[axis]!;
    const shape = tensor.shape.map((_, i) => (i === axis ? size : 1));
    const gamma = config.scale
      ? context.weight("gamma", [size], {
          initializer: config.gammaInitializer,
          regularizer: config.gammaRegularizer,
          constraint: config.gammaConstraint,
          autocast: false,
        })
      : undefined;
    const beta = config.center
      ? context.weight("beta", [size], {
          initializer: config.betaInitializer,
          regularizer: config.betaRegularizer,
          constraint: config.betaConstraint,
          autocast: false,
        })
      : undefined;
    const statistic = (name: string, initializer: typeof config.movingMeanInitializer) =>
      Cast(context.weight(name, [size], { initializer, trainable: false, autocast: false }), tensor.dtype);
    const movingMean = statistic("moving_mean", config.movingMeanInitializer);
    const movingVariance = statistic("moving_variance", config.movingVarianceInitializer);
    const shaped = (weight: Tracer) => Cast(Reshape(weight, shape), tensor.dtype);

    let mean = Reshape(movingMean, shape);
    let variance = Reshape(movingVariance, shape);
    if (context.training && context.trainable) {
      const axes = tensor.shape.map((_, i) => i).filter((i) => i !== axis);
      [mean, variance] = moments(tensor, axes, mask);
      const blend = (old: Tracer, value: Tracer) =>
        Add(Mul(old, config.momentum), Mul(Reshape(value, [size]), 1 - config.momentum));
      context.assign("moving_mean", blend(movingMean, mean));
      context.assign("moving_variance", blend(movingVariance, variance));
    }
    const inverse = Div(1, Sqrt(Add(variance, config.epsilon)));
    const factor = gamma === undefined ? inverse : Mul(inverse, shaped(gamma));
    const shift = Mul(mean, factor);
    const scaled = Mul(tensor, factor);
    const moved = beta === undefined ? Sub(scaled, shift) : Add(scaled, Sub(shaped(beta), shift));
    return Cast(moved, context.dtype);
  },
});
