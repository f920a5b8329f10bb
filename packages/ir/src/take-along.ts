import { type Dim, mulDim, sizeDim } from "./dim.ts";
import type { Tracer } from "./graph-builder.ts";
import { Add, Cast, DimSize, Gather, Mul, Range, Reshape, Transpose } from "./operators.ts";

/** For every place of `indices`, the element of x that it points to along the axis; the other axes are those of x. */
export function takeAlong(x: Tracer, indices: Tracer, axis: number): Tracer {
  const last = x.shape.map((_, i) => i).filter((i) => i !== axis);
  const perm = [...last, axis];
  const rows = Transpose(x, perm);
  const places = Transpose(Cast(indices, "int32"), perm);
  const [size, width] = [rows.shape.at(-1)!, places.shape.at(-1)!] as [Dim, Dim];
  const count = sizeDim(rows.shape.slice(0, -1));
  const starts = Mul(Range(x.builder, count), DimSize(x.builder, size));
  const flat = Add(Reshape(places, [count, width]), Reshape(starts, [count, 1]));
  const found = Gather(Reshape(rows, [mulDim(count, size)]), flat);
  return Transpose(
    Reshape(found, places.shape),
    x.shape.map((_, i) => (i === axis ? last.length : last.indexOf(i))),
  );
}
