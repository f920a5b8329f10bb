import { defineLayer } from "../../define-layer.ts";
import { fields } from "../../fields.ts";
import { Add, Cast, Gather, Mul, Range, SliceAxis } from "../../operators.ts";
import { resizing } from "../resizing.ts";
import { imageAxes, imageFields } from "./images.ts";

/**
 * One random part of that size of all images of a batch while training; else, and where they are too small, the largest part
 * in the middle that has the wanted ratio, resized. (Keras: RandomCrop.)
 */
export const randomCrop = defineLayer({
  type: "RandomCrop",
  fields: { height: fields.integer({ min: 1 }), width: fields.integer({ min: 1 }), ...imageFields },
  positional: ["height", "width"],
  casts: "all",
  parts({ height, width, dataFormat }, options) {
    const shared = { ...options, dataFormat };
    return {
      fit: resizing(height, width, { ...shared, name: "fit", cropToAspectRatio: true }),
      stretch: resizing(height, width, { ...shared, name: "stretch" }),
    };
  },
  lower(context, [x]) {
    const { height, width, seed } = context.config;
    const { tensor: images } = x!;
    const axes = imageAxes(context, images);
    if (!context.training) return context.call(context.part("fit"), [{ tensor: images }]);
    const target = [height, width];
    const sizes = axes.map((axis) => images.shape[axis]!);
    if (sizes.some((size) => typeof size !== "number")) {
      throw context.error("shape", {
        problem: "Where to crop depends on sizes that are not known.",
        expected: "a height and a width that are numbers",
        received: context.sources.join(", "),
      });
    }
    const [rows, columns] = sizes as [number, number];
    if (rows > height && columns > width) {
      return axes.reduce((cropped, axis, i) => {
        const places = Mul(context.randomUniform([], seed), Number(sizes[i]) - target[i]! + 1);
        const start = Cast(places, "int32");
        return Gather(cropped, Add(Range(context.builder, target[i]!), start), axis);
      }, images);
    }
    const ratio = [Math.trunc((columns * height) / width), Math.trunc((rows * width) / height)];
    const cropped = axes.reduce((part, axis, i) => {
      const size = Number(sizes[i]);
      const start = Math.trunc((size - Math.max(Math.min(size, ratio[i]!), 1)) / 2);
      return SliceAxis(part, axis, start, Math.min(start + target[i]!, size));
    }, images);
    return context.call(context.part("stretch"), [{ tensor: cropped }]);
  },
});
