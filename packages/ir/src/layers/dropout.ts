import { defineLayer } from "../define-layer.ts";
import type { Dim, Shape } from "../dim.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import type { LowerContext } from "../lowering.ts";
import { GreaterOrEqual, Mul, Where } from "../operators.ts";

/** Sets a share of the elements to 0 and scales the rest up, so that the sum stays. */
export function drop(
  context: LowerContext<unknown>,
  x: Tracer,
  rate: number,
  seed: number | null,
  shape: Shape = x.shape,
): Tracer {
  const keep = GreaterOrEqual(context.randomUniform(shape, seed), rate);
  return Where(keep, Mul(x, rate === 1 ? 0 : 1 / (1 - rate)), 0);
}

/** Where null stands in a noise shape, every element along that axis is drawn on its own. */
export function noiseShapeOf(noiseShape: readonly (Dim | null)[] | null, x: Tracer): Shape {
  return noiseShape?.map((dim, axis) => dim ?? x.shape[axis]!) ?? x.shape;
}

/** Drops elements while training, at random. (Keras: Dropout.) */
export const dropout = defineLayer({
  type: "Dropout",
  fields: {
    rate: fields.number({ min: 0, max: 1 }),
    noiseShape: fields.orNull(fields.shape()),
    seed: fields.orNull(fields.integer({ min: 0 })),
  },
  positional: ["rate"],
  masking: "pass",
  lower(context, [x]) {
    const { config, training } = context;
    const { tensor } = x!;
    if (!training || config.rate === 0) return tensor;
    return drop(context, tensor, config.rate, config.seed, noiseShapeOf(config.noiseShape, tensor));
  },
});
