import { Add, Div, Max, Min, Mul, ReduceSum, Sqrt, Sub, type Tracer } from "@lamella/ir";

import type { CommonConfig } from "./rule.ts";

const squareSum = (x: Tracer) => ReduceSum(Mul(x, x));

function clipByNorm(gradient: Tracer, limit: number): Tracer {
  return Div(Mul(gradient, limit), Max(Sqrt(squareSum(gradient)), limit));
}

/** NaN everywhere when the norm is not finite, as in Keras. */
function clipByGlobalNorm(gradients: readonly Tracer[], limit: number): readonly Tracer[] {
  const norm = Sqrt(gradients.map(squareSum).reduce((sum, term) => Add(sum, term)));
  const scale = Add(Mul(Min(Div(1, norm), 1 / limit), limit), Sub(norm, norm));
  return gradients.map((gradient) => Mul(gradient, scale));
}

/** Gradients within the limits of the configuration, which has at most one. */
export function clipGradients(
  gradients: readonly Tracer[],
  { clipnorm, clipvalue, globalClipnorm }: CommonConfig,
): readonly Tracer[] {
  if (clipnorm) return gradients.map((gradient) => clipByNorm(gradient, clipnorm));
  if (globalClipnorm && gradients.length > 0) return clipByGlobalNorm(gradients, globalClipnorm);
  if (clipvalue) return gradients.map((gradient) => Min(Max(gradient, -clipvalue), clipvalue));
  return gradients;
}
