import { defineLayer } from "../../define-layer.ts";
import { fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import { Add, Cast, Max, Min, Mul, ReduceMean, Sub } from "../../operators.ts";
import { boundsOf, looseFactor, randomBetween } from "./factors.ts";
import { imageAxes, imageFields, perImage } from "./images.ts";

const valueRange = () => fields.pair([0, 255]);

/** Spreads every image's colours around their mean, or draws them together, while training. (Keras: RandomContrast.) */
export const randomContrast = defineLayer({
  type: "RandomContrast",
  fields: { factor: looseFactor(0, 1), valueRange: valueRange(), ...imageFields },
  positional: ["factor"],
  casts: "all",
  lower(context, [x]) {
    const { factor, valueRange: range } = context.config;
    const { tensor: images } = x!;
    const axes = imageAxes(context, images);
    if (!context.training) return images;
    const [low, high] = boundsOf(factor, 0);
    const spread = Cast(randomBetween(context, perImage(images), 1 - low, 1 + high), images.dtype);
    const mean = ReduceMean(images, { axes, keepdims: true });
    return within(Add(Mul(Sub(images, mean), spread), mean), range);
  },
});

/** Makes every image brighter or darker while training. (Keras: RandomBrightness.) */
export const randomBrightness = defineLayer({
  type: "RandomBrightness",
  fields: { factor: looseFactor(-1, 1), valueRange: valueRange(), ...imageFields },
  positional: ["factor"],
  casts: "all",
  lower(context, [x]) {
    const { factor, valueRange: range } = context.config;
    const { tensor: images } = x!;
    imageAxes(context, images);
    if (!context.training) return images;
    const [darkest, brightest] = [Math.min(...range), Math.max(...range)];
    const shares = randomBetween(context, perImage(images), ...boundsOf(factor));
    return within(Add(images, Cast(Mul(shares, brightest - darkest), images.dtype)), [darkest, brightest]);
  },
});

function within(x: Tracer, [low, high]: readonly [number, number]): Tracer {
  return Max(Min(x, high), low);
}
