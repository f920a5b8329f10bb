import { defineLayer } from "../define-layer.ts";
import { exactDivDim, floorDivDim, formatShape, neverEqual, type Shape, sizeDim, sizeOf } from "../dim.ts";
import { type Field, fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { Pad, Transpose } from "../operators.ts";
import { spatialAxes } from "../primitives/shape-rules.ts";
import { dataFormat, layoutOf } from "./common.ts";

/** A Reshape even where it changes nothing: as in Keras, a crossentropy does not look for logits behind it. */
function reshaped(x: Tracer, shape: Shape): Tracer {
  return x.builder.emit("Reshape", [x], { shape })[0]!;
}

/** All axes but the batch as one. (Keras: Flatten.) */
export const flatten = defineLayer({
  type: "Flatten",
  fields: { dataFormat: dataFormat() },
  lower({ config }, [x]) {
    const { tensor } = x!;
    const rank = tensor.rank;
    const first = layoutOf(config.dataFormat) === "channelsFirst" && rank > 1;
    const ordered = first ? Transpose(tensor, [0, ...tensor.shape.map((_, i) => i).slice(2), 1]) : tensor;
    const [batch, ...rest] = ordered.shape;
    return reshaped(ordered, [batch!, sizeDim(rest)]);
  },
});

/** The same elements in another shape, the batch left out; one size may be -1. (Keras: Reshape.) */
export const reshape = defineLayer({
  type: "Reshape",
  fields: { targetShape: fields.integers() },
  positional: ["targetShape"],
  lower(context, [x]) {
    const { targetShape } = context.config;
    const [batch, ...rest] = x!.tensor.shape;
    const size = sizeDim(rest);
    const known = targetShape.filter((dim) => dim !== -1);
    const product = sizeOf(known);
    const open = targetShape.length - known.length;
    const missing = exactDivDim(size, product) ?? (typeof size === "string" ? floorDivDim(size, product) : undefined);
    const fits = open === 0 ? !neverEqual(size, product) : open === 1 && missing !== undefined;
    if (!fits || known.some((dim) => dim < 1)) {
      throw context.error("shape", {
        problem: "The input cannot be reshaped to the target shape.",
        expected: `a target shape of ${size} elements, with at most one -1`,
        received: `[${targetShape.join(", ")}] for ${context.sources.join(", ")}`,
      });
    }
    return reshaped(x!.tensor, [batch!, ...targetShape.map((dim) => (dim === -1 ? missing! : dim))]);
  },
});

type Padding = readonly (readonly [number, number])[];
type PaddingInput = number | readonly number[] | Padding;

/** Sizes before and after every spatial axis: one number, one an axis, or a pair an axis. */
function paddingField(rank: number): Field<Padding, PaddingInput> {
  const pairs = fields.sizes(2, { min: 0 });
  const each = fields.sizes(rank, { min: 0 });
  return {
    expects: `a whole number, ${rank} whole numbers, or ${rank} pairs of them`,
    default: Array.from({ length: rank }, () => [1, 1] as const),
    parse(input, where) {
      if (Array.isArray(input) && input.length === rank && input.every(Array.isArray)) {
        return input.map((pair) => pairs.parse(pair, where) as readonly [number, number]);
      }
      return each.parse(input, where).map((size) => [size, size] as const);
    },
    toJson: (value) => value,
  };
}

/** Zeros around height and width. (Keras: ZeroPadding2D.) */
export const zeroPadding2d = defineLayer({
  type: "ZeroPadding2D",
  fields: { padding: paddingField(2), dataFormat: dataFormat() },
  lower(context, [x]) {
    const { config } = context;
    const { tensor } = x!;
    if (tensor.rank !== 4) {
      throw context.error("shape", {
        problem: "The rank of the input does not fit.",
        expected: "rank 4 (batch, height, width and channels)",
        received: formatShape(tensor.shape),
      });
    }
    const axes = spatialAxes(tensor.rank, layoutOf(config.dataFormat));
    const side = (which: 0 | 1) => tensor.shape.map((_, axis) => config.padding[axes.indexOf(axis)]?.[which] ?? 0);
    return Pad(tensor, [...side(0), ...side(1)]);
  },
});
