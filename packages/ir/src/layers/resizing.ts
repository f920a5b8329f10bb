import { defineLayer } from "../define-layer.ts";
import { addDim, type Dim, floorDivDim, subDim } from "../dim.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { interpolations } from "../interpolation.ts";
import type { LowerContext } from "../lowering.ts";
import { Pad, SliceAxis } from "../operators.ts";
import type { Layout } from "../primitives/attributes.ts";
import { dataFormat, layoutOf } from "./common.ts";
import { resampled } from "./resampling.ts";

/** Where images, in batches or single, have their height and width. */
function imageAxes(context: LowerContext<unknown>, { rank }: Tracer, layout: Layout): readonly [number, number] {
  if (rank === 3 || rank === 4) return layout === "channelsLast" ? [rank - 3, rank - 2] : [rank - 2, rank - 1];
  throw context.error("shape", {
    problem: "The rank of the input does not fit.",
    expected: "rank 4 (batch, height, width and channels), or 3 for a single image",
    received: context.sources.join(", "),
  });
}

type Size = readonly [number, number];

/** Height and width as numbers, for what depends on their ratio. */
function knownSize(context: LowerContext<unknown>, x: Tracer, axes: readonly [number, number]): Size {
  const [height, width] = [x.shape[axes[0]]!, x.shape[axes[1]]!];
  if (typeof height === "number" && typeof width === "number") return [height, width];
  throw context.error("shape", {
    problem: "What keeps the aspect ratio depends on sizes that are not known.",
    expected: "a height and a width that are numbers",
    received: context.sources.join(", "),
  });
}

/** The size that images have with the ratio of `target` when one of their sides stays: for every side the other one's. */
function ratioSize([height, width]: Size, [targetHeight, targetWidth]: Size): Size {
  return [Math.trunc((width * targetHeight) / targetWidth), Math.trunc((height * targetWidth) / targetHeight)];
}

/** `size` elements from the middle of an axis. */
function middle(x: Tracer, axis: number, size: Dim): Tracer {
  const start = floorDivDim(subDim(x.shape[axis]!, size), 2);
  return SliceAxis(x, axis, start, addDim(start, size));
}

/** The largest part in the middle of an image that has the ratio of `target`. */
function cropToRatio(x: Tracer, axes: readonly [number, number], size: Size, target: Size): Tracer {
  const ratio = ratioSize(size, target);
  return axes.reduce((y, axis, i) => middle(y, axis, Math.max(Math.min(size[i]!, ratio[i]!), 1)), x);
}

/** The image with as much at both ends of one side as brings it to the ratio of `target`, or just below. */
function padToRatio(x: Tracer, axes: readonly [number, number], size: Size, target: Size, fill: number): Tracer {
  const ratio = ratioSize(size, target);
  const pads = x.shape.map((_, axis) => {
    const i = axes.indexOf(axis);
    return i < 0 ? 0 : Math.floor((Math.max(size[i]!, ratio[i]!) - size[i]!) / 2);
  });
  return Pad(x, [...pads, ...pads], fill);
}

/** Images brought to one height and width. (Keras: Resizing.) */
export const resizing = defineLayer({
  type: "Resizing",
  fields: {
    height: fields.integer({ min: 1 }),
    width: fields.integer({ min: 1 }),
    interpolation: fields.choice(interpolations, "bilinear"),
    cropToAspectRatio: fields.boolean(false),
    padToAspectRatio: fields.boolean(false),
    fillMode: fields.choice(["constant"], "constant"),
    fillValue: fields.number({ default: 0 }),
    antialias: fields.boolean(false),
    dataFormat: dataFormat(),
  },
  positional: ["height", "width"],
  lower(context, [x]) {
    const { config } = context;
    const { tensor } = x!;
    const { height, width, cropToAspectRatio: crop, padToAspectRatio: pad } = config;
    if (crop && pad) {
      throw context.error("config", { problem: "Only one of cropToAspectRatio and padToAspectRatio can be true." });
    }
    const axes = imageAxes(context, tensor, layoutOf(config.dataFormat));
    const target: Size = [height, width];
    let shaped = tensor;
    if (crop) shaped = cropToRatio(tensor, axes, knownSize(context, tensor, axes), target);
    if (pad) shaped = padToRatio(tensor, axes, knownSize(context, tensor, axes), target, config.fillValue);
    return resampled(context, shaped, axes, target, config);
  },
});

/** The middle of images; where they are too small, the largest part of that ratio, resized. (Keras: CenterCrop.) */
export const centerCrop = defineLayer({
  type: "CenterCrop",
  fields: { height: fields.integer({ min: 1 }), width: fields.integer({ min: 1 }), dataFormat: dataFormat() },
  positional: ["height", "width"],
  casts: "all",
  lower(context, [x]) {
    const { height, width, dataFormat: format } = context.config;
    const images = x!.tensor;
    const axes = imageAxes(context, images, layoutOf(format));
    const target: Size = [height, width];
    const isTooSmall = axes.some((axis, i) => Number(images.shape[axis]) < target[i]!);
    if (!isTooSmall) return axes.reduce((y, axis, i) => middle(y, axis, target[i]!), images);
    const cropped = cropToRatio(images, axes, knownSize(context, images, axes), target);
    const options = { interpolation: "bilinear", antialias: false } as const;
    return resampled(context, cropped, axes, target, options);
  },
});
