import {
  Cast,
  DimSize,
  Div,
  Equal,
  Exp,
  Expand,
  Mul,
  type PrimitiveAttributes,
  type ReduceAttributes,
  ReduceSum,
  sizeDim,
  Sub,
  type Tracer,
} from "@lamella/ir";

import type { Unary } from "./row.ts";
import { withReducedAxes } from "./sums.ts";

export function reduceSumGradient({ dy, x, attributes: { axes } }: Unary<ReduceAttributes>): Tracer {
  return Expand(withReducedAxes(dy, x.shape, axes), x.shape);
}

export function reduceMeanGradient({ dy, ...node }: Unary<ReduceAttributes>): Tracer {
  const count = sizeDim(node.attributes.axes.map((axis) => node.x.shape[axis]!));
  const divisor = typeof count === "number" ? count : Cast(DimSize(dy.builder, count), dy.dtype);
  return reduceSumGradient({ ...node, dy: Div(dy, divisor) });
}

/** Equal maxima share the gradient, as in TensorFlow. */
export function reduceMaxGradient({ dy, x, y, attributes: { axes } }: Unary<ReduceAttributes>): Tracer {
  const isMaximum = Cast(Equal(x, withReducedAxes(y, x.shape, axes)), x.dtype);
  const count = ReduceSum(isMaximum, { axes, keepdims: true });
  return Mul(isMaximum, Div(withReducedAxes(dy, x.shape, axes), count));
}

export function softmaxGradient({ dy, y, attributes: { axis } }: Unary<PrimitiveAttributes["Softmax"]>): Tracer {
  return Mul(y, Sub(dy, ReduceSum(Mul(dy, y), { axes: [axis], keepdims: true })));
}

export function logSoftmaxGradient({ dy, y, attributes: { axis } }: Unary<PrimitiveAttributes["LogSoftmax"]>): Tracer {
  return Sub(dy, Mul(Exp(y), ReduceSum(dy, { axes: [axis], keepdims: true })));
}
