import { defineLayer } from "../../define-layer.ts";
import { fields } from "../../fields.ts";
import { LessOrEqual, Reverse, Where } from "../../operators.ts";
import { imageAxes, imageFields, perImage } from "./images.ts";

/** Mirrors half of the images while training. (Keras: RandomFlip.) */
export const randomFlip = defineLayer({
  type: "RandomFlip",
  fields: {
    mode: fields.choice(["horizontal", "vertical", "horizontalAndVertical"], "horizontalAndVertical"),
    ...imageFields,
  },
  short: "mode",
  casts: "all",
  lower(context, [x]) {
    const { config, training } = context;
    const { tensor: images } = x!;
    const [vertical, horizontal] = imageAxes(context, images);
    if (!training) return images;
    const axes = { horizontal: [horizontal], vertical: [vertical], horizontalAndVertical: [horizontal, vertical] };
    const isFlipped = LessOrEqual(context.randomUniform(perImage(images), config.seed), 0.5);
    return Where(
      isFlipped,
      axes[config.mode].reduce((flipped, axis) => Reverse(flipped, axis), images),
      images,
    );
  },
});
