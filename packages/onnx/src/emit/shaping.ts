import { type Dim, exactDivDim, type Shape, sizeDim, subDim } from "@lamella/ir";

import type { EmitTable } from "./graph.ts";

/**
 * A shape as numbers for ONNX's Reshape: 0 for a size that stays where it is, -1 for one that follows from the others.
 * Undefined where that does not say all; then the shape has to be computed.
 */
function reshapeNumbers(from: Shape, to: Shape): readonly number[] | undefined {
  let inferred = 0;
  const numbers = to.map((dim, axis) => {
    if (typeof dim === "number") return dim === 0 ? NaN : dim;
    if (dim === from[axis]) return 0;
    inferred++;
    const others = to.filter((_, i) => i !== axis);
    return exactDivDim(sizeDim(from), sizeDim(others)) === dim ? -1 : NaN;
  });
  return inferred > 1 || numbers.some(Number.isNaN) ? undefined : numbers;
}

/** A place on an axis as ONNX counts it: from the end where that makes it a number. Infinity stands for the end itself. */
function position(dim: Dim, size: Dim, step: number, isEnd: boolean): Dim {
  if (typeof dim === "number") return dim < 0 && isEnd && step < 0 ? -Infinity : dim;
  const fromEnd = subDim(dim, size);
  if (typeof fromEnd !== "number") return dim;
  if (fromEnd < 0) return fromEnd;
  return fromEnd === 0 && isEnd && step > 0 ? Infinity : dim;
}

export const shaping: Pick<
  EmitTable,
  "DimSize" | "Range" | "Reshape" | "Transpose" | "Expand" | "Concat" | "Slice" | "Pad" | "Gather"
> = {
  DimSize: (node) => node.finish("Identity", [node.model.scalarDim(node.attributes.dim)]),
  Range(node) {
    const { size } = node.attributes;
    const end = typeof size === "number" ? node.scalar("int32", size) : node.model.scalarDim(size);
    node.finish("Range", [node.scalar("int32", 0), end, node.scalar("int32", 1)]);
  },
  Reshape(node) {
    const { shape } = node.attributes;
    const [x] = node.inputs;
    const numbers = reshapeNumbers(x!.shape, shape);
    if (numbers !== undefined) node.finish("Reshape", [x!.wire, node.model.ints(numbers)]);
    else node.finish("Reshape", [x!.wire, node.model.shape(shape)], { allowzero: 1 });
  },
  Transpose: (node) => node.finish("Transpose", node.wires, { perm: node.attributes.perm }),
  Expand: (node) => node.finish("Expand", [node.wires[0]!, node.model.shape(node.attributes.shape)]),
  Concat: (node) => node.finish("Concat", node.wires, { axis: node.attributes.axis }),
  Slice(node) {
    const { starts, ends, steps } = node.attributes;
    const [x] = node.inputs;
    const axes = x!.shape.flatMap((size, axis) =>
      starts[axis] === 0 && ends[axis] === size && steps[axis] === 1 ? [] : [axis],
    );
    if (axes.length === 0) return node.finish("Identity", node.wires);
    const at = (dims: Shape, isEnd: boolean) =>
      node.model.shape(axes.map((axis) => position(dims[axis]!, x!.shape[axis]!, steps[axis]!, isEnd)));
    const { model } = node;
    const step = model.ints(axes.map((axis) => steps[axis]!));
    node.finish("Slice", [x!.wire, at(starts, false), at(ends, true), model.ints(axes), step]);
  },
  Pad(node) {
    const { pads, value } = node.attributes;
    const [x] = node.inputs;
    node.finish("Pad", [x!.wire, node.model.shape(pads), node.scalar(x!.dtype, value)]);
  },
  Gather: (node) => node.finish("Gather", node.wires, { axis: node.attributes.axis }),
};
