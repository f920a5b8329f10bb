import { defineLayer } from "../define-layer.ts";
import { subDim } from "../dim.ts";
import { type Field, fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import type { LowerContext } from "../lowering.ts";
import { Pad, Slice } from "../operators.ts";
import type { Layout } from "../primitives/attributes.ts";
import { spatialAxes } from "../primitives/shape-rules.ts";
import { dataFormat, layoutOf } from "./common.ts";
import { requireSpatial } from "./spatial.ts";

type Pair = readonly [number, number];
type Margins = readonly Pair[];
type MarginsInput = number | readonly (number | readonly number[])[];

function pairOf([before, after]: readonly number[]): Pair {
  return [before!, after!];
}

/** Sizes before and after every spatial axis: one number for all, or one an axis, which is a number or a pair. */
function margins(rank: number, size: number): Field<Margins, MarginsInput> {
  const pair = fields.sizes(2, { min: 0 });
  const parse = (input: unknown, where: string) => pairOf(pair.parse(input, where));
  const expects = `a whole number, ${rank} whole numbers, or ${rank} pairs of them`;
  return {
    expects,
    default: Array.from({ length: rank }, () => [size, size] as const),
    parse(input, where) {
      const one = Array.isArray(input) && input.length === rank ? input : undefined;
      if (one !== undefined) return one.map((entry) => parse(entry, where));
      const all = parse(Array.isArray(input) ? null : input, where);
      return Array.from({ length: rank }, () => all);
    },
    toJson: (value) => value,
  };
}

/** Sizes before and after the one spatial axis. */
function margin(size: number): Field<readonly number[], number | readonly number[]> {
  return fields.sizes(2, { min: 0, default: [size, size] });
}

/** Both sizes of every axis of a tensor: those given for the spatial ones, 0 for the others. */
function everyAxis(x: Tracer, sizes: Margins, layout: Layout): Margins {
  const axes = spatialAxes(x.rank, layout);
  return x.shape.map((_, axis) => sizes[axes.indexOf(axis)] ?? [0, 0]);
}

function padded(context: LowerContext<unknown>, x: Tracer, padding: Margins, format: Layout | null): Tracer {
  requireSpatial(context, x, padding.length);
  const sizes = everyAxis(x, padding, layoutOf(format));
  return Pad(x, [...sizes.map(([before]) => before), ...sizes.map(([, after]) => after)]);
}

function cropped(context: LowerContext<unknown>, x: Tracer, edges: Margins, format: Layout | null): Tracer {
  requireSpatial(context, x, edges.length);
  const sizes = everyAxis(x, edges, layoutOf(format));
  if (sizes.some(([before, after], axis) => before + after > 0 && before + after >= Number(x.shape[axis]))) {
    throw context.error("shape", {
      problem: "Nothing would be left.",
      expected: "cropping below the sizes of the input",
      received: `cropping ${JSON.stringify(edges)} for ${context.sources.join(", ")}`,
    });
  }
  return Slice(x, {
    starts: sizes.map(([before]) => before),
    ends: x.shape.map((dim, axis) => subDim(dim, sizes[axis]![1])),
    steps: sizes.map(() => 1),
  });
}

function zeroPadding(type: string, rank: number) {
  return defineLayer({
    type,
    fields: { padding: margins(rank, 1), dataFormat: dataFormat() },
    short: "padding",
    lower: (context, [x]) => padded(context, x!.tensor, context.config.padding, context.config.dataFormat),
  });
}

function cropping(type: string, rank: number, defaultSize: number) {
  return defineLayer({
    type,
    fields: { cropping: margins(rank, defaultSize), dataFormat: dataFormat() },
    short: "cropping",
    lower: (context, [x]) => cropped(context, x!.tensor, context.config.cropping, context.config.dataFormat),
  });
}

/** Zeros before and after the steps. (Keras: ZeroPadding1D.) */
export const zeroPadding1d = defineLayer({
  type: "ZeroPadding1D",
  fields: { padding: margin(1), dataFormat: dataFormat() },
  short: "padding",
  lower: (context, [x]) => padded(context, x!.tensor, [pairOf(context.config.padding)], context.config.dataFormat),
});

/** Zeros around height and width. (Keras: ZeroPadding2D.) */
export const zeroPadding2d = zeroPadding("ZeroPadding2D", 2);

/** Zeros around depth, height and width. (Keras: ZeroPadding3D.) */
export const zeroPadding3d = zeroPadding("ZeroPadding3D", 3);

/** Without some steps at the start and the end. (Keras: Cropping1D.) */
export const cropping1d = defineLayer({
  type: "Cropping1D",
  fields: { cropping: margin(1) },
  short: "cropping",
  lower: (context, [x]) => cropped(context, x!.tensor, [pairOf(context.config.cropping)], null),
});

/** Without some of the rows and columns at the edges. (Keras: Cropping2D.) */
export const cropping2d = cropping("Cropping2D", 2, 0);

/** Without some of the depth, height and width at the edges. (Keras: Cropping3D.) */
export const cropping3d = cropping("Cropping3D", 3, 1);
