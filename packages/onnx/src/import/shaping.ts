import {
  addDim,
  Cast,
  Concat,
  type Dim,
  exactDivDim,
  Gather,
  LamellaError,
  mulDim,
  normalizeAxis,
  Pad,
  Reshape,
  type Shape,
  sizeDim,
  Slice,
  Transpose,
} from "@lamella/ir";

import type { ImportRow, NodeReader } from "./node-reader.ts";

/** Beyond any size: how ONNX says "to the end". */
const far = 2 ** 31 - 1;

/** The shape that ONNX's Reshape means: 0 stands for the same size as before, -1 for what is left over. */
function reshaped(from: Shape, to: readonly Dim[], allowZero: boolean): Shape {
  const copied = to.map((dim, axis) => (dim === 0 && !allowZero ? from[axis]! : dim));
  const open = copied.indexOf(-1);
  if (open < 0) return copied;
  const rest = copied.filter((_, axis) => axis !== open).reduce<Dim>(mulDim, 1);
  const missing = exactDivDim(sizeDim(from), rest);
  if (missing === undefined)
    throw new LamellaError("unsupported", { problem: `The size ${rest} does not divide ${sizeDim(from)}.` });
  return copied.with(open, missing);
}

/** A place on an axis as primitives count it. */
function place(dim: Dim, size: Dim, step: number, isEnd: boolean): Dim {
  if (typeof dim !== "number") return dim;
  if (step < 0 && isEnd && dim < -far) return -1;
  if (dim >= far) return step > 0 ? size : addDim(size, -1);
  const counted = dim < 0 ? addDim(size, dim) : dim;
  return typeof counted === "number" && typeof size === "number" ? Math.min(counted, size) : counted;
}

function slice(node: NodeReader) {
  const x = node.input(0);
  const [starts, ends] = [node.dims(1), node.dims(2)];
  const axes = node.has(3) ? node.numbers(3).map((axis) => normalizeAxis(axis, x.rank)) : starts.map((_, axis) => axis);
  const steps = node.has(4) ? node.numbers(4) : axes.map(() => 1);
  const all = { starts: x.shape.map((): Dim => 0), ends: [...x.shape], steps: x.shape.map(() => 1) };
  for (const [i, axis] of axes.entries()) {
    const size = x.shape[axis]!;
    all.starts[axis] = place(starts[i]!, size, steps[i]!, false);
    all.ends[axis] = place(ends[i]!, size, steps[i]!, true);
    all.steps[axis] = steps[i]!;
  }
  return Slice(x, all);
}

function pad(node: NodeReader) {
  const x = node.input(0);
  if (node.attributes.string("mode", "constant") !== "constant")
    throw node.unsupported("Only constant padding is read.");
  if (node.has(3)) throw node.unsupported("Padding of some axes only is not read.");
  const fill = node.has(2) ? node.known(2) : undefined;
  if (fill !== undefined && fill.kind !== "constant") throw node.unsupported("The padding must be a constant.");
  return Pad(x, node.dims(1), fill?.tensor.toNumbers()[0] ?? 0);
}

export const shapingRows: Readonly<Record<string, ImportRow>> = {
  Reshape: (node) => {
    const first = node.known(0);
    // Indices say which element won, in whatever shape they are.
    if (first.kind === "indices") return [first];
    const x = node.input(0);
    return Reshape(x, reshaped(x.shape, node.dims(1), node.attributes.int("allowzero", 0) === 1));
  },
  Squeeze: (node) => {
    const x = node.input(0);
    const axes = new Set(node.numbers(1).map((axis) => normalizeAxis(axis, x.rank)));
    return Reshape(
      x,
      x.shape.filter((_, axis) => !axes.has(axis)),
    );
  },
  Transpose: (node) => {
    const x = node.input(0);
    return Transpose(x, node.attributes.ints("perm") ?? x.shape.map((_, axis) => x.rank - 1 - axis));
  },
  Expand: (node) => node.builder.emit("Expand", [node.input(0)], { shape: node.dims(1) }),
  Concat: (node) => Concat(node.inputs(), node.attributes.int("axis", 0)),
  Slice: slice,
  Pad: pad,
  Gather: (node) => Gather(node.input(0), Cast(node.input(1), "int32"), node.attributes.int("axis", 0)),
};
