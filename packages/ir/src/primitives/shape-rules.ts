import { addDim, ceilDivDim, type Dim, floorDivDim, formatShape, type Shape, subDim } from "../dim.ts";
import { LamellaError } from "../errors.ts";
import type { Layout, Pads, WindowAttributes } from "./attributes.ts";

function broadcastDims(a: Dim, b: Dim): Dim | undefined {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  // An unknown size that meets a number must turn out to be that number; two unknown sizes must turn out equal.
  if (typeof a === "string") return typeof b === "string" ? a : b;
  return typeof b === "string" ? a : undefined;
}

/** The shape elementwise operators give, by NumPy's rule. */
export function broadcastShapes(...shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) =>
    shapes.reduce<Dim>((dim, shape) => {
      const other = shape[axis - rank + shape.length] ?? 1;
      const joined = broadcastDims(dim, other);
      if (joined !== undefined) return joined;
      throw new LamellaError("shape", {
        problem: `Shapes ${shapes.map(formatShape).join(" and ")} cannot be broadcast together.`,
        expected: `equal sizes or 1 at axis ${axis - rank}`,
        received: `${dim} and ${other}`,
      });
    }, 1),
  );
}

export function reduceShape(shape: Shape, axes: readonly number[], keepdims: boolean): Shape {
  return shape.flatMap((dim, axis) => (axes.includes(axis) ? (keepdims ? [1] : []) : [dim]));
}

/** An axis counted from the end made positive. */
export function normalizeAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(axis) && positive >= 0 && positive < rank) return positive;
  throw new LamellaError("config", {
    problem: `There is no axis ${axis} in a tensor of rank ${rank}.`,
    expected: rank === 0 ? "no axis" : `a whole number from ${-rank} to ${rank - 1}`,
  });
}

/** The spatial axes of a tensor of that rank. */
export function spatialAxes(rank: number, layout: Layout): readonly number[] {
  return Array.from({ length: rank - 2 }, (_, i) => i + (layout === "channelsLast" ? 1 : 2));
}

export function channelAxis(rank: number, layout: Layout): number {
  return layout === "channelsLast" ? rank - 1 : 1;
}

/** The size of one spatial axis after a window went over it. */
export function windowedDim(size: Dim, axis: number, extent: number, attributes: WindowAttributes): Dim {
  const stride = attributes.strides[axis]!;
  if (attributes.pads === "SAME_UPPER") return ceilDivDim(size, stride);
  const count = attributes.strides.length;
  const padded = addDim(size, attributes.pads[axis]! + attributes.pads[axis + count]!);
  const result = addDim(floorDivDim(subDim(padded, extent), stride), 1);
  if (typeof result === "number" && result < 1) {
    throw new LamellaError("shape", {
      problem: "The window is larger than its input.",
      expected: `a spatial size of at least ${extent}`,
      received: String(size),
      hint: "Use padding 'same', a smaller kernel, or fewer pooling steps before this one.",
    });
  }
  return result;
}

/** Pads before and after every spatial axis, as numbers, for known input sizes. `extents` are the dilated kernel sizes. */
export function explicitPads(
  pads: Pads,
  sizes: readonly number[],
  extents: readonly number[],
  strides: readonly number[],
): { readonly begin: readonly number[]; readonly end: readonly number[] } {
  const count = sizes.length;
  if (pads !== "SAME_UPPER") return { begin: pads.slice(0, count), end: pads.slice(count) };
  const total = sizes.map((size, i) =>
    Math.max(0, (Math.ceil(size / strides[i]!) - 1) * strides[i]! + extents[i]! - size),
  );
  const begin = total.map((pad) => Math.floor(pad / 2));
  return { begin, end: total.map((pad, i) => pad - begin[i]!) };
}

/** The number of elements that `Slice` takes from one axis. */
export function slicedDim(start: Dim, end: Dim, step: number): Dim {
  const length = step > 0 ? ceilDivDim(subDim(end, start), step) : ceilDivDim(subDim(start, end), -step);
  return typeof length === "number" ? Math.max(0, length) : length;
}

/** A shape as numbers when no symbol is in it. */
export function staticShape(shape: Shape, problem: string): number[] {
  return shape.map((dim) => {
    if (typeof dim === "number") return dim;
    throw new LamellaError("shape", { problem, expected: "sizes that are numbers", received: formatShape(shape) });
  });
}
