import { type Dim, mulDim, sizeDim } from "../dim.ts";
import type { DType } from "../dtype.ts";
import type { GraphBuilder, Tracer } from "../graph-builder.ts";
import { type Interpolation, interpolationWeights, nearestPixels, type SmoothInterpolation } from "../interpolation.ts";
import type { LowerContext } from "../lowering.ts";
import {
  Abs,
  Add,
  And,
  Cast,
  Constant,
  DimSize,
  Div,
  Equal,
  Expand,
  Floor,
  Gather,
  MatMul,
  Max,
  Min,
  Mod,
  Mul,
  Range,
  Relu,
  Reshape,
  Sub,
  Transpose,
} from "../operators.ts";

/** Every element of an axis so many times in a row. */
export function repeatAxis(x: Tracer, axis: number, times: number): Tracer {
  if (times === 1) return x;
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  const size = x.shape[axis]!;
  const split = Reshape(x, [...before, size, 1, ...after]);
  return Reshape(Expand(split, [...before, size, times, ...after]), [...before, mulDim(size, times), ...after]);
}

/** The middles of `target` pixels, counted in pixels of `size`. */
function middles(builder: GraphBuilder, size: Dim, target: Dim): Tracer {
  const number = (dim: Dim) => Cast(DimSize(builder, dim), "float32");
  return Mul(Add(Cast(Range(builder, target), "float32"), 0.5), Div(number(size), number(target)));
}

/** The weights of bilinear interpolation for sizes that are not known. */
function bilinearWeights(builder: GraphBuilder, size: Dim, target: Dim): Tracer {
  const pixels = Cast(Range(builder, size), "float32");
  const last = Sub(Cast(DimSize(builder, size), "float32"), 1);
  const positions = Min(Max(Sub(middles(builder, size, target), 0.5), 0), last);
  const distances = Abs(Sub(Reshape(positions, [target, 1]), Reshape(pixels, [1, size])));
  return Relu(Sub(1, distances));
}

function nearest(builder: GraphBuilder, size: Dim, target: Dim): Tracer {
  if (typeof size === "number" && typeof target === "number") return Constant(builder, nearestPixels(size, target));
  return Cast(Floor(middles(builder, size, target)), "int32");
}

interface Resampling {
  readonly interpolation: Interpolation;
  readonly antialias: boolean;
}

function weightsFor(
  context: LowerContext<unknown>,
  size: Dim,
  target: Dim,
  interpolation: SmoothInterpolation,
  antialias: boolean,
): Tracer {
  const { builder } = context;
  if (typeof size === "number" && typeof target === "number") {
    return Constant(builder, interpolationWeights(size, target, interpolation, antialias));
  }
  if (interpolation === "bilinear" && !antialias) return bilinearWeights(builder, size, target);
  throw context.error("shape", {
    problem: `The weights of ${interpolation} interpolation${antialias ? " with antialias" : ""} depend on a size that is not known.`,
    expected: "spatial sizes that are numbers",
    received: context.sources.join(", "),
    hint: "Give the input its height and width, or interpolate 'bilinear' or 'nearest' without antialias.",
  });
}

/** An axis brought to another size. What is interpolated smoothly comes as float32. */
function resampleAxis(
  context: LowerContext<unknown>,
  x: Tracer,
  axis: number,
  target: Dim,
  { interpolation, antialias }: Resampling,
): Tracer {
  const size = x.shape[axis]!;
  if (size === target) return x;
  if (interpolation === "nearest") return Gather(x, nearest(context.builder, size, target), axis);
  const weights = weightsFor(context, size, target, interpolation, antialias);
  const values = Cast(x, "float32");
  if (axis === x.rank - 1) return MatMul(values, Transpose(weights, [1, 0]));
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  const rows = Reshape(values, [...before, size, sizeDim(after)]);
  return Reshape(MatMul(weights, rows), [...before, target, ...after]);
}

/** The ranges of integers, as far as float32 has them. */
const limits: { readonly [D in DType]?: readonly [number, number] } = {
  uint8: [0, 255],
  uint32: [0, 2 ** 32 - 2 ** 8],
  int32: [-(2 ** 31), 2 ** 31 - 2 ** 7],
  int64: [-(2 ** 63), 2 ** 63 - 2 ** 39],
};

/** Back to the dtype of the images: for whole numbers rounded, halves to the even one, and kept within their range. */
function castBack(x: Tracer, dtype: DType): Tracer {
  const range = limits[dtype];
  if (x.dtype === dtype || range === undefined) return Cast(x, dtype);
  const up = Floor(Add(x, 0.5));
  const isOddHalf = And(Equal(Sub(up, x), 0.5), Equal(Mod(up, 2), 1));
  const rounded = Sub(up, Cast(isOddHalf, x.dtype));
  return Cast(Min(Max(rounded, range[0]), range[1]), dtype);
}

/** Axes brought to other sizes, as Keras resizes images. */
export function resampled(
  context: LowerContext<unknown>,
  x: Tracer,
  axes: readonly number[],
  targets: readonly Dim[],
  options: Resampling,
): Tracer {
  const resized = axes.reduce((y, axis, i) => resampleAxis(context, y, axis, targets[i]!, options), x);
  return castBack(resized, x.dtype);
}
