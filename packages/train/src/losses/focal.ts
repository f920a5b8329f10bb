import {
  Add,
  type ConfigOf,
  Div,
  fields,
  Log,
  Mul,
  Neg,
  normalizeAxis,
  Pow,
  ReduceMean,
  ReduceSum,
  Sigmoid,
  Softmax,
  Sub,
  type Tracer,
} from "@lamella/ir";

import { binaryValues, clipped, smoothed, smoothedBinary } from "./crossentropy.ts";

const focal = {
  alpha: fields.number({ default: 0.25 }),
  gamma: fields.number({ default: 2 }),
  fromLogits: fields.boolean(false),
  labelSmoothing: fields.number({ default: 0, min: 0, max: 1 }),
  axis: fields.integer({ default: -1 }),
};
export const categoricalFocalFields = focal;
export const binaryFocalFields = { applyClassBalancing: fields.boolean(false), ...focal };

/** Binary crossentropy times (1 - p)^gamma of the probability of what is right. (Keras: `binary_focal_crossentropy`.) */
export function binaryFocalCrossentropy(
  yTrue: Tracer,
  yPred: Tracer,
  config: ConfigOf<typeof binaryFocalFields>,
): Tracer {
  const { alpha, gamma, axis } = config;
  const target = smoothedBinary(yTrue, config.labelSmoothing);
  const probability = config.fromLogits ? Sigmoid(yPred) : yPred;
  const miss = Sub(1, target);
  const right = Add(Mul(target, probability), Mul(miss, Sub(1, probability)));
  const values = Mul(Pow(Sub(1, right), gamma), binaryValues(target, probability, false));
  const balance = Add(Mul(target, alpha), Mul(miss, 1 - alpha));
  return ReduceMean(config.applyClassBalancing ? Mul(balance, values) : values, { axes: [axis] });
}

/**
 * Categorical crossentropy times alpha (1 - p)^gamma, class by class. As in Keras it is taken from probabilities even where
 * logits are at hand. (Keras: `categorical_focal_crossentropy`.)
 */
export function categoricalFocalCrossentropy(
  yTrue: Tracer,
  yPred: Tracer,
  config: ConfigOf<typeof categoricalFocalFields>,
): Tracer {
  const axis = normalizeAxis(config.axis, yPred.rank);
  const target = smoothed(yTrue, config.labelSmoothing);
  const given = config.fromLogits ? Softmax(yPred, axis) : yPred;
  const probability = clipped(Div(given, ReduceSum(given, { axes: [axis], keepdims: true })));
  const factor = Mul(Pow(Sub(1, probability), config.gamma), config.alpha);
  return ReduceSum(Mul(factor, Neg(Mul(target, Log(probability)))), { axes: [axis] });
}
