import { formatShape, isFloating, LamellaError, type Tracer } from "@lamella/ir";

import { backpropagate } from "./backpropagate.ts";
import { sumOf, zeros } from "./sums.ts";

/**
 * The gradients of a scalar, by reverse mode: appends nodes to the loss's builder, under the scope `gradients`. Gradients are
 * ordinary values, so they can be differentiated again. What the loss does not depend on has a gradient of zeros.
 *
 * At the corners of piecewise functions the gradients are TensorFlow's: all of it to the first operand of Max and Min on a
 * tie, equal shares to the maxima of ReduceMax, to the first maximum of a MaxPool window, 0 for Relu and Abs at 0.
 *
 * @throws LamellaError `shape` for a loss that is no scalar, `dtype` for anything but floats, `unsupported` for a primitive
 * that cannot be differentiated.
 */
export function gradients(loss: Tracer, wrt: readonly Tracer[]): Tracer[] {
  if (loss.rank !== 0) {
    throw new LamellaError("shape", {
      where: "gradients",
      problem: "Only a scalar has gradients.",
      expected: "a loss of shape ()",
      received: formatShape(loss.shape),
      hint: "Reduce the loss with ReduceSum or ReduceMean.",
    });
  }
  for (const { dtype, builder } of [loss, ...wrt]) {
    if (builder !== loss.builder) {
      throw new LamellaError("graph", {
        where: "gradients",
        problem: "The loss and what it is differentiated with respect to belong to different graphs.",
      });
    }
    if (isFloating(dtype)) continue;
    throw new LamellaError("dtype", {
      where: "gradients",
      problem: "Only floating values have gradients.",
      expected: "a floating dtype",
      received: dtype,
    });
  }
  const { builder } = loss;
  const contributions = backpropagate({
    builder,
    nodes: [...builder.nodes],
    seeds: [{ value: loss, gradient: builder.scalar(1, loss.dtype) }],
    wrt: new Set(wrt.map(({ id }) => id)),
  });
  return builder.scoped("gradients", () =>
    wrt.map(({ id, shape, dtype }) => sumOf(contributions.get(id)) ?? zeros(builder, shape, dtype)),
  );
}
