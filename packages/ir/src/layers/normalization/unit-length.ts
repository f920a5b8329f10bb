import type { Tracer } from "../../graph-builder.ts";
import { Div, Max, Mul, ReduceSum, Sqrt } from "../../operators.ts";

/** x over its length along the given axes; lengths below `epsilon` count as that. (Keras: ops.normalize.) */
export function unitLength(x: Tracer, axes: readonly number[], epsilon = 1e-7): Tracer {
  const square = ReduceSum(Mul(x, x), { axes, keepdims: true });
  return Mul(x, Div(1, Sqrt(Max(square, epsilon ** 2))));
}
