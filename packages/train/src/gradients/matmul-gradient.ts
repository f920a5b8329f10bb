import { MatMul, Reshape, sizeDim, type Tracer, Transpose } from "@lamella/ir";

import type { Binary, LazyGradient } from "./row.ts";
import { sumTo } from "./sums.ts";

/** The transpose of the last two axes. */
function transposed(x: Tracer): Tracer {
  const perm = x.shape.map((_, axis) => axis);
  return Transpose(x, [...perm.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/** All leading axes as one. */
export function asMatrix(x: Tracer): Tracer {
  return Reshape(x, [sizeDim(x.shape.slice(0, -1)), x.shape.at(-1)!]);
}

/** A matrix that multiplies all matrices of a batch gets its gradient from one product over all rows. */
export function matMulGradient({ dy, a, b }: Binary<unknown>): readonly [LazyGradient, LazyGradient] {
  return [
    () => sumTo(MatMul(dy, transposed(b)), a.shape),
    () =>
      b.rank === 2 ? MatMul(Transpose(asMatrix(a), [1, 0]), asMatrix(dy)) : sumTo(MatMul(transposed(a), dy), b.shape),
  ];
}
