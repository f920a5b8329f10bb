import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import type { LowerContext } from "../lowering.ts";
import { Add, Cast, GreaterOrEqual, Mul, promoted, Where } from "../operators.ts";
import { asFloat } from "./common.ts";
import { noiseShapeOf } from "./dropout.ts";

const rate = fields.number({ min: 0, max: 1 });
const seed = fields.orNull(fields.integer({ min: 0 }));

/** Normal numbers in the shape of x. */
function noise(context: LowerContext<{ readonly seed: number | null }>, x: Tracer, deviation: number): Tracer {
  return Mul(Cast(context.randomNormal(x.shape, context.config.seed), context.dtype), deviation);
}

function refuseRate1(context: LowerContext<{ readonly rate: number }>): void {
  if (context.config.rate < 1) return;
  throw context.error("config", { problem: "A rate of 1 leaves nothing to train on.", expected: "a rate below 1" });
}

/** Adds normal noise while training. (Keras: GaussianNoise.) */
export const gaussianNoise = defineLayer({
  type: "GaussianNoise",
  fields: { stddev: rate, seed },
  positional: ["stddev"],
  masking: "pass",
  lower(context, [x]) {
    const { stddev } = context.config;
    if (!context.training || stddev === 0) return x!.tensor;
    return Add(...promoted(x!.tensor, noise(context, x!.tensor, stddev)));
  },
});

/** Multiplies by normal noise around 1 while training. (Keras: GaussianDropout.) */
export const gaussianDropout = defineLayer({
  type: "GaussianDropout",
  fields: { rate, seed },
  positional: ["rate"],
  masking: "pass",
  lower(context, [x]) {
    const { config } = context;
    if (!context.training || config.rate === 0) return x!.tensor;
    refuseRate1(context);
    const deviation = Math.sqrt(config.rate / (1 - config.rate));
    return Mul(...promoted(x!.tensor, Add(noise(context, x!.tensor, deviation), 1)));
  },
});

/** What SELU tends to for very negative numbers. */
const saturation = -1.6732632423543772 * 1.0507009873554805;

/** Sets elements to SELU's saturation while training, and keeps mean and variance. (Keras: AlphaDropout.) */
export const alphaDropout = defineLayer({
  type: "AlphaDropout",
  fields: { rate, noiseShape: fields.orNull(fields.shape()), seed },
  positional: ["rate"],
  masking: "pass",
  lower(context, [x]) {
    const { config } = context;
    if (!context.training || config.rate === 0) return x!.tensor;
    refuseRate1(context);
    const tensor = asFloat(x!.tensor);
    const shape = noiseShapeOf(config.noiseShape, tensor);
    const kept = GreaterOrEqual(context.randomUniform(shape, config.seed), config.rate);
    const factor = ((1 - config.rate) * (1 + config.rate * saturation ** 2)) ** -0.5;
    return Add(Mul(Where(kept, tensor, saturation), factor), -factor * saturation * config.rate);
  },
});
