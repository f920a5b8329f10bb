import { type Shape, sizeDim } from "../dim.ts";
import { einsum } from "../einsum.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { Cast, Equal, Gather, MatMul, promoted, Range, Reshape } from "../operators.ts";
import { normalizeAxis } from "../primitives/shape-rules.ts";
import type { SymbolicTensor } from "../symbolic.ts";
import { takeAlong } from "../take-along.ts";
import { OperationGroup } from "./operation.ts";

const group = new OperationGroup();
export const linearOperations = group.types;

/** NumPy's product: a vector on the left is a row, on the right a column. */
function product(x1: Tracer, x2: Tracer): Tracer {
  const [a, b] = promoted(x1, x2);
  const left = a.rank === 1 ? Reshape(a, [1, ...a.shape]) : a;
  const right = b.rank === 1 ? Reshape(b, [...b.shape, 1]) : b;
  const result = MatMul(left, right);
  const shape: Shape = result.shape.filter(
    (_, i) => !(a.rank === 1 && i === result.rank - 2) && !(b.rank === 1 && i === result.rank - 1),
  );
  return Reshape(result, shape);
}
const matmul = group.operation("matmul", {}, ([a, b]) => product(a!, b!));

/** Sums of products over the last `axes` axes of the first and the first ones of the second. */
const tensordot = group.operation("tensordot", { axes: fields.integer({ min: 0 }) }, ([x1, x2], { axes }) => {
  const [a, b] = promoted(x1!, x2!);
  const kept = a.shape.slice(0, a.rank - axes);
  const rest = b.shape.slice(axes);
  const inner = sizeDim(b.shape.slice(0, axes));
  const flat = MatMul(Reshape(a, [sizeDim(kept), inner]), Reshape(b, [inner, sizeDim(rest)]));
  return Reshape(flat, [...kept, ...rest]);
});

const einsumOf = group.operation("einsum", { equation: fields.text() }, (inputs, { equation }) =>
  einsum(equation, inputs),
);

const take = group.operation("take", { axis: fields.orNull(fields.integer()) }, ([x, indices], { axis }) => {
  const at = Cast(indices!, "int32");
  return axis === null ? Gather(Reshape(x!, [sizeDim(x!.shape)]), at) : Gather(x!, at, axis);
});

const takeAlongAxis = group.operation("takeAlongAxis", { axis: fields.integer() }, ([x, indices], { axis }) =>
  takeAlong(x!, indices!, normalizeAxis(axis, x!.rank)),
);

const oneHot = group.operation(
  "oneHot",
  { numClasses: fields.integer({ min: 1 }), axis: fields.integer({ default: -1 }) },
  ([x], { numClasses, axis }) => {
    const labels = Cast(x!, "int32");
    const at = normalizeAxis(axis, x!.rank + 1);
    const shape = [...labels.shape.slice(0, at), 1, ...labels.shape.slice(at)];
    const classes = shape.map((_, i) => (i === at ? numClasses : 1));
    return Cast(Equal(Reshape(labels, shape), Reshape(Range(x!.builder, numClasses), classes)), "float32");
  },
);

/** Products and look-ups. (keras.ops.numpy, keras.ops.nn) */
export const linearOps = {
  matmul: (x1: SymbolicTensor, x2: SymbolicTensor) => matmul([x1, x2], {}),
  tensordot: (x1: SymbolicTensor, x2: SymbolicTensor, axes = 2) => tensordot([x1, x2], { axes }),
  /** Einstein's summation, such as 'abc,cd->abd'. */
  einsum: (equation: string, ...operands: readonly SymbolicTensor[]) => einsumOf(operands, { equation }),
  outer: (x1: SymbolicTensor, x2: SymbolicTensor) => tensordot([x1, x2], { axes: 0 }),
  take: (x: SymbolicTensor, indices: SymbolicTensor, { axis }: { readonly axis?: number } = {}) =>
    take([x, indices], { axis: axis ?? null }),
  takeAlongAxis: (x: SymbolicTensor, indices: SymbolicTensor, { axis }: { readonly axis: number }) =>
    takeAlongAxis([x, indices], { axis }),
  oneHot: (x: SymbolicTensor, numClasses: number, { axis = -1 }: { readonly axis?: number } = {}) =>
    oneHot([x], { numClasses, axis }),
};
