import { Add, Mul, Sub, type Tracer } from "@lamella/ir";

/** A step of a moving average as Keras computes it, with the share of the new value: `old + (value - old) * share`. */
export function movingAverage(old: Tracer, value: Tracer, share: Tracer | number): Tracer {
  return Add(old, Mul(Sub(value, old), share));
}

/** 1 - beta, rounded as where Keras makes beta a tensor first: to a float32 that is 5e-5 off for 0.999. */
export function shareAfter(beta: number, { builder, dtype }: Tracer): Tracer {
  return Sub(1, builder.scalar(beta, dtype));
}
