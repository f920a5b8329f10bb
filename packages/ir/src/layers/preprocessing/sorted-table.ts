import type { GraphBuilder, Tracer } from "../../graph-builder.ts";
import { Add, Cast, Constant, Equal, Gather, GreaterOrEqual, Less, Mul } from "../../operators.ts";
import { tensor } from "../../tensor.ts";

/** Whether whole numbers are among the keys of a table, and what it holds for them. */
export interface Found {
  readonly isThere: Tracer;
  /** int32; without meaning where nothing is found. */
  readonly value: Tracer;
}

/** Looks whole numbers up in a table of keys and int32 values, by halving. Keys beyond the range of x are never found. */
export function lookUp(builder: GraphBuilder, x: Tracer, entries: readonly (readonly [number, number])[]): Found {
  const sorted = entries.filter(([key]) => fits(key, x)).toSorted(([a], [b]) => a - b);
  if (sorted.length === 0) return { isThere: Less(x, x), value: Cast(x, "int32") };
  const depth = Math.ceil(Math.log2(sorted.length));
  const padded = Array.from({ length: 2 ** depth }, (_, i) => sorted[Math.min(i, sorted.length - 1)]!);
  const column = (side: 0 | 1) => padded.map((entry) => entry[side]);
  const keys = Constant(builder, tensor(column(0), undefined, x.dtype));
  const values = Constant(builder, tensor(column(1), undefined, "int32"));
  let place = Mul(Cast(x, "int32"), 0);
  for (let step = 2 ** depth / 2; step >= 1; step /= 2) {
    const reached = GreaterOrEqual(x, Gather(keys, Add(place, step)));
    place = Add(place, Mul(Cast(reached, "int32"), step));
  }
  return { isThere: Equal(Gather(keys, place), x), value: Gather(values, place) };
}

function fits(key: number, { dtype }: Tracer): boolean {
  return dtype === "int64" || (key >= -(2 ** 31) && key < 2 ** 31);
}
