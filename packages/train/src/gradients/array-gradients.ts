import {
  Add,
  addDim,
  type Dim,
  DimSize,
  Gather,
  Mul,
  mulDim,
  Pad,
  type PrimitiveAttributes,
  Reshape,
  Reverse,
  ScatterND,
  type Shape,
  sizeDim,
  Slice,
  SliceAxis,
  subDim,
  type Tracer,
  Transpose,
} from "@lamella/ir";

import type { Binary, GradientRow, LazyGradient, Unary } from "./row.ts";
import { zeros } from "./sums.ts";

export const concatGradient: GradientRow<PrimitiveAttributes["Concat"]> = ({ inputs, outputGradients, attributes }) => {
  const { axis } = attributes;
  let offset: Dim = 0;
  return inputs.map((input): LazyGradient => {
    const start = offset;
    const end = addDim(start, input.shape[axis]!);
    offset = end;
    return () => SliceAxis(outputGradients[0]!, axis, start, end);
  });
};

const isCrop = (pad: Dim) => typeof pad === "number" && pad < 0;

/** Padding is cut off, and what negative pads cut off gets zeros. */
export function padGradient({ dy, x, attributes: { pads } }: Unary<PrimitiveAttributes["Pad"]>): Tracer {
  const inner = Slice(dy, {
    starts: dy.shape.map((_, axis) => (isCrop(pads[axis]!) ? 0 : pads[axis]!)),
    ends: dy.shape.map((dim, axis) => (isCrop(pads[axis + x.rank]!) ? dim : subDim(dim, pads[axis + x.rank]!))),
    steps: dy.shape.map(() => 1),
  });
  return Pad(
    pads.some((pad) => !isCrop(pad) && pad !== 0) ? inner : dy,
    pads.map((pad) => (isCrop(pad) ? mulDim(pad, -1) : 0)),
  );
}

/** Puts `step - 1` zeros between the elements of one axis. */
function dilated(x: Tracer, axis: number, step: number): Tracer {
  const size = x.shape[axis]!;
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  const split = Reshape(x, [...before, size, 1, ...after]);
  const pads: Shape = split.shape.map(() => 0);
  const padded = Pad(split, [...pads, ...pads.map((_, i) => (i === axis + 1 ? step - 1 : 0))]);
  const joined = Reshape(padded, [...before, mulDim(size, step), ...after]);
  return SliceAxis(joined, axis, 0, subDim(mulDim(size, step), step - 1));
}

export function sliceGradient({ dy, x, attributes: { starts, steps } }: Unary<PrimitiveAttributes["Slice"]>): Tracer {
  if (dy.shape.includes(0)) return zeros(x.builder, x.shape, x.dtype);
  let spread = dy;
  const begins: Dim[] = [];
  const ends: Dim[] = [];
  for (const [axis, step] of steps.entries()) {
    const start = starts[axis]!;
    const walked = mulDim(subDim(dy.shape[axis]!, 1), Math.abs(step));
    if (step < 0) spread = Reverse(spread, axis);
    if (Math.abs(step) > 1) spread = dilated(spread, axis, Math.abs(step));
    const first = step > 0 ? start : subDim(start, walked);
    begins.push(first);
    ends.push(subDim(subDim(x.shape[axis]!, addDim(first, walked)), 1));
  }
  return Pad(spread, [...begins, ...ends]);
}

/** Adds every slice of the gradient to where it was taken from. */
export function gatherGradient({
  dy,
  a: x,
  b: indices,
  attributes: { axis },
}: Binary<PrimitiveAttributes["Gather"]>): readonly [LazyGradient, LazyGradient] {
  const scatter = () => {
    const indexAxes = indices.shape.map((_, i) => axis + i);
    const dataAxes = dy.shape.map((_, i) => i).filter((i) => !indexAxes.includes(i));
    const updates = Transpose(dy, [...indexAxes, ...dataAxes]);
    const first = [axis, ...x.shape.keys()].filter((i, at) => at === 0 || i !== axis);
    const target = zeros(
      x.builder,
      first.map((i) => x.shape[i]!),
      x.dtype,
    );
    const sum = ScatterND(target, Reshape(indices, [...indices.shape, 1]), updates);
    return Transpose(
      sum,
      first.map((_, i) => first.indexOf(i)),
    );
  };
  return [scatter, undefined];
}

/** The slices of `data` at the indices [..., k]: Gather over the first k axes taken as one. */
function gatherND(data: Tracer, indices: Tracer): Tracer {
  const depth = Number(indices.shape.at(-1));
  const rest = data.shape.slice(depth);
  const positions = indices.shape.slice(0, -1);
  let position: Tracer | undefined;
  for (let axis = 0; axis < depth; axis++) {
    const index = Reshape(SliceAxis(indices, -1, axis, axis + 1), positions);
    const scaled = Mul(index, DimSize(data.builder, sizeDim(data.shape.slice(axis + 1, depth))));
    position = position === undefined ? scaled : Add(position, scaled);
  }
  return Gather(Reshape(data, [sizeDim(data.shape.slice(0, depth)), ...rest]), position!, 0);
}

export const scatterGradient: GradientRow<PrimitiveAttributes["ScatterND"]> = ({ inputs, outputGradients }) => [
  () => outputGradients[0],
  undefined,
  () => gatherND(outputGradients[0]!, inputs[1]!),
];
