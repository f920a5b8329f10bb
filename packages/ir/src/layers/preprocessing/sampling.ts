import { sizeDim } from "../../dim.ts";
import { fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import {
  Add,
  And,
  Cast,
  DimSize,
  Div,
  Floor,
  Gather,
  Greater,
  GreaterOrEqual,
  Less,
  Max,
  Min,
  Mul,
  Neg,
  Range,
  Reshape,
  Sub,
  Where,
} from "../../operators.ts";

/** How the values between and beyond pixels are found. */
export const samplingFields = {
  fillMode: fields.choice(["reflect", "wrap", "constant", "nearest"], "reflect"),
  interpolation: fields.choice(["bilinear", "nearest"], "bilinear"),
  fillValue: fields.number({ default: 0 }),
};

interface Sampling {
  readonly fillMode: "reflect" | "wrap" | "constant" | "nearest";
  readonly interpolation: "bilinear" | "nearest";
  readonly fillValue: number;
}

/** Height or width of a batch of images (..., height, width, channels), as a float. */
export function sizeOfAxis({ builder, shape }: Tracer, axis: number): Tracer {
  return Cast(DimSize(builder, shape[axis]!), "float32");
}

function clamp(x: Tracer, size: Tracer): Tracer {
  return Max(Min(x, Sub(size, 1)), 0);
}

/** Coordinates beyond the edges mapped into the image, as TensorFlow's ImageProjectiveTransformV3 does. */
const mapped: { readonly [M in Sampling["fillMode"]]: (x: Tracer, size: Tracer) => Tracer } = {
  constant: (x) => x,
  nearest: clamp,
  reflect(x, size) {
    const period = Mul(size, 2);
    const positive = Max(Where(Less(x, 0), Sub(Neg(x), 1), x), 0);
    const within = Sub(positive, Mul(period, Floor(Div(positive, period))));
    return clamp(Where(GreaterOrEqual(within, size), Sub(Sub(period, within), 1), within), size);
  },
  wrap(x, size) {
    const steps = Sub(size, 1);
    const below = Add(x, Mul(size, Add(Floor(Div(Neg(x), steps)), 1)));
    const above = Sub(x, Mul(size, Floor(Div(x, steps))));
    return clamp(Where(Less(x, 0), below, Where(Greater(x, Sub(size, 1)), above, x)), size);
  },
};

/** The nearest whole number; halves away from 0. */
function round(x: Tracer): Tracer {
  const distance = Max(x, Neg(x));
  const floor = Floor(distance);
  const rounded = Add(floor, Cast(GreaterOrEqual(Sub(distance, floor), 0.5), x.dtype));
  return Where(Less(x, 0), Neg(rounded), rounded);
}

/** A batch of images (batch, height, width, channels) read at other places, (batch, height, width) each. */
function sampleImages(images: Tracer, y: Tracer, x: Tracer, sampling: Sampling): Tracer {
  const { builder, shape, dtype } = images;
  const [batch, height, width, channels] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!];
  const [rows, columns] = [sizeOfAxis(images, 1), sizeOfAxis(images, 2)];
  const pixels = Reshape(images, [sizeDim([batch, height, width]), channels]);
  const numbers = Reshape(Range(builder, batch), [batch, 1, 1]);
  const column = (values: Tracer) => Reshape(values, [...values.shape, 1]);

  const read = (atY: Tracer, atX: Tracer): Tracer => {
    const row = Add(Mul(numbers, DimSize(builder, height)), Cast(clamp(atY, rows), "int32"));
    const index = Add(Mul(row, DimSize(builder, width)), Cast(clamp(atX, columns), "int32"));
    const values = Gather(pixels, index);
    if (sampling.fillMode !== "constant") return values;
    const isRow = And(GreaterOrEqual(atY, 0), Less(atY, rows));
    const isColumn = And(GreaterOrEqual(atX, 0), Less(atX, columns));
    return Where(column(And(isRow, isColumn)), values, sampling.fillValue);
  };

  const toY = mapped[sampling.fillMode](y, rows);
  const toX = mapped[sampling.fillMode](x, columns);
  if (sampling.interpolation === "nearest") return read(round(toY), round(toX));
  const [top, left] = [Floor(toY), Floor(toX)];
  const [bottom, right] = [Add(top, 1), Add(left, 1)];
  const blend = (first: Tracer, share: Tracer, second: Tracer, rest: Tracer) =>
    Add(Mul(Cast(column(share), dtype), first), Mul(Cast(column(rest), dtype), second));
  const line = (row: Tracer) => blend(read(row, left), Sub(right, toX), read(row, right), Sub(toX, left));
  return blend(line(top), Sub(bottom, toY), line(bottom), Sub(toY, top));
}

/** Where the pixels of a transformed image come from: x' = a x + b y + c for both axes, each (batch, 1, 1). */
export interface Affine {
  readonly x: readonly [Tracer, Tracer, Tracer];
  readonly y: readonly [Tracer, Tracer, Tracer];
}

/** A batch of images under a transformation of their own each. */
export function transformImages(images: Tracer, { x, y }: Affine, sampling: Sampling): Tracer {
  const { builder, shape } = images;
  const column = Cast(Range(builder, shape[2]!), "float32");
  const row = Reshape(Cast(Range(builder, shape[1]!), "float32"), [shape[1]!, 1]);
  const place = ([a, b, c]: Affine["x"]) => Add(Add(Mul(a, column), Mul(b, row)), c);
  return sampleImages(images, place(y), place(x), sampling);
}
