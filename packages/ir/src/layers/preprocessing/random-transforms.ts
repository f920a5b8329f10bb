import { defineLayer } from "../../define-layer.ts";
import { fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import type { LowerContext } from "../../lowering.ts";
import { Add, Cos, Mul, Neg, Sin, Sub } from "../../operators.ts";
import type { Layout } from "../../primitives/attributes.ts";
import { boundsOf, type Factor, looseFactor, randomBetween, strictFactor } from "./factors.ts";
import { asBatch, imageAxes, imageFields } from "./images.ts";
import { type Affine, samplingFields, sizeOfAxis, transformImages } from "./sampling.ts";

interface TransformConfig {
  readonly seed: number | null;
  readonly dataFormat: Layout | null;
  readonly fillMode: "reflect" | "wrap" | "constant" | "nearest";
  readonly interpolation: "bilinear" | "nearest";
  readonly fillValue: number;
}

/** Images under random transformations while training. */
function transformed<Config extends TransformConfig>(
  context: LowerContext<Config>,
  x: Tracer,
  affine: (images: Tracer) => Affine,
): Tracer {
  imageAxes(context, x);
  if (!context.training) return x;
  return asBatch(context, x, (images) => transformImages(images, affine(images), context.config));
}

/** A number in the range of a factor for every image, plus another number. */
function draw(context: LowerContext<TransformConfig>, { shape }: Tracer, factor: Factor, base = 0, scale = 1): Tracer {
  const [low, high] = boundsOf(factor);
  return randomBetween(context, [shape[0]!, 1, 1], base + low * scale, base + high * scale);
}

/** Turns images around their middle while training; 1 is a whole turn. (Keras: RandomRotation.) */
export const randomRotation = defineLayer({
  type: "RandomRotation",
  fields: { factor: looseFactor(-1, 1), ...samplingFields, ...imageFields },
  positional: ["factor"],
  casts: "all",
  lower(context, [x]) {
    return transformed(context, x!.tensor, (images) => {
      const angle = Mul(draw(context, images, context.config.factor, 0, 360), Math.PI / 180);
      const [cos, sin] = [Cos(angle), Sin(angle)];
      const [middleY, middleX] = [Mul(Sub(sizeOfAxis(images, 1), 1), 0.5), Mul(Sub(sizeOfAxis(images, 2), 1), 0.5)];
      const shift = (middle: Tracer, a: Tracer, b: Tracer) => Sub(Sub(middle, Mul(middleX, a)), Mul(middleY, b));
      return {
        x: [cos, Neg(sin), shift(middleX, cos, Neg(sin))],
        y: [sin, cos, shift(middleY, sin, cos)],
      };
    });
  },
});

/** Shrinks images (above 0) or enlarges them (below) around their middle while training. (Keras: RandomZoom.) */
export const randomZoom = defineLayer({
  type: "RandomZoom",
  fields: {
    heightFactor: strictFactor(false),
    widthFactor: fields.orNull(strictFactor(false)),
    ...samplingFields,
    ...imageFields,
  },
  positional: ["heightFactor"],
  casts: "all",
  lower(context, [x]) {
    const { heightFactor, widthFactor } = context.config;
    return transformed(context, x!.tensor, (images) => {
      const height = draw(context, images, heightFactor, 1);
      const width = widthFactor === null ? height : draw(context, images, widthFactor, 1);
      const none = Mul(height, 0);
      const offset = (axis: number, zoom: Tracer) => Mul(Mul(Sub(sizeOfAxis(images, axis), 1), 0.5), Sub(1, zoom));
      return { x: [width, none, offset(2, width)], y: [none, height, offset(1, height)] };
    });
  },
});

/** Moves images while training, by shares of their height and width. (Keras: RandomTranslation.) */
export const randomTranslation = defineLayer({
  type: "RandomTranslation",
  fields: {
    heightFactor: strictFactor(true),
    widthFactor: strictFactor(true),
    ...samplingFields,
    ...imageFields,
  },
  positional: ["heightFactor", "widthFactor"],
  casts: "all",
  lower(context, [x]) {
    const { heightFactor, widthFactor } = context.config;
    return transformed(context, x!.tensor, (images) => {
      const down = Mul(draw(context, images, heightFactor), sizeOfAxis(images, 1));
      const right = Mul(draw(context, images, widthFactor), sizeOfAxis(images, 2));
      const none = Mul(down, 0);
      const one = Add(none, 1);
      return { x: [one, none, Neg(right)], y: [none, one, Neg(down)] };
    });
  },
});
