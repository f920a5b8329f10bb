import {
  Add,
  Expand,
  type GraphBuilder,
  type DType,
  ReduceSum,
  reduceShape,
  Reshape,
  type Shape,
  type Tracer,
} from "@lamella/ir";

import { joinSlices } from "./join-slices.ts";

/**
 * The gradient of a broadcast: sums over the axes that `shape` lacks or has as 1. A symbol is never taken for a 1 that was
 * broadcast, as shape inference does not either.
 */
export function sumTo(gradient: Tracer, shape: Shape): Tracer {
  const lead = gradient.rank - shape.length;
  const axes = gradient.shape.flatMap((dim, axis) => {
    const own = axis < lead ? undefined : shape[axis - lead];
    return own === undefined || (own === 1 && dim !== 1) ? [axis] : [];
  });
  if (axes.length === 0) return gradient;
  const summed = ReduceSum(gradient, { axes, keepdims: lead === 0 });
  return lead === 0 ? summed : Reshape(summed, shape);
}

/** Undoes a reduction's change of shape: puts the reduced axes back, with the size 1. */
export function withReducedAxes(reduced: Tracer, shape: Shape, axes: readonly number[]): Tracer {
  return Reshape(reduced, reduceShape(shape, axes, true));
}

export function zeros(builder: GraphBuilder, shape: Shape, dtype: DType): Tracer {
  return Expand(builder.scalar(0, dtype), shape);
}

/** Adds the terms up; undefined when there are none. */
export function sumOf(terms: readonly Tracer[] = []): Tracer | undefined {
  return terms.length === 0 ? undefined : joinSlices(terms).reduce((sum, term) => Add(sum, term));
}
