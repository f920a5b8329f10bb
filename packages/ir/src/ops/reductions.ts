import { sizeDim } from "../dim.ts";
import { isFloating } from "../dtype.ts";
import { type Field, fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import {
  Add,
  ArgMax,
  Cast,
  Constant,
  Exp,
  Expand,
  Log,
  MatMul,
  Mul,
  Neg,
  Not,
  Equal,
  GreaterOrEqual,
  Range,
  ReduceMax,
  ReduceMean,
  ReduceSum,
  Reshape,
  Scan,
  Sqrt,
  Sub,
  Transpose,
} from "../operators.ts";
import { normalizeAxis } from "../primitives/shape-rules.ts";
import type { SymbolicTensor } from "../symbolic.ts";
import { filled } from "../tensor.ts";
import { toFloat, OperationGroup } from "./operation.ts";

const group = new OperationGroup();
export const reductionOperations = group.types;

/** One axis, several, or null for all. */
type Axis = number | readonly number[] | null;

export interface ReduceOptions {
  /** Default: all axes. */
  readonly axis?: Axis;
  /** Whether reduced axes stay, with size 1. Default false. */
  readonly keepdims?: boolean;
}

const axisField: Field<Axis> = {
  ...fields.orNull(fields.integers()),
  parse: (input, where) =>
    typeof input === "number"
      ? fields.integer().parse(input, where)
      : fields.orNull(fields.integers()).parse(input, where),
  toJson: (value) => value,
};
const reduceFields = { axis: axisField, keepdims: fields.boolean(false) };

function axesOf(x: Tracer, axis: Axis): readonly number[] {
  if (axis === null) return x.shape.map((_, i) => i);
  return (typeof axis === "number" ? [axis] : axis).map((each) => normalizeAxis(each, x.rank));
}

type Reduce = (x: Tracer, options: { readonly axes: readonly number[]; readonly keepdims: boolean }) => Tracer;

function reduction(name: string, compute: Reduce): (x: SymbolicTensor, options?: ReduceOptions) => SymbolicTensor {
  const apply = group.operation(name, reduceFields, ([x], { axis, keepdims }) =>
    compute(x!, { axes: axesOf(x!, axis), keepdims }),
  );
  return (x, options = {}) => apply([x], { ...options });
}

/** Sums of booleans and small integers are int32. */
const summable = (x: Tracer) => (isFloating(x.dtype) || x.dtype === "int64" ? x : Cast(x, "int32"));

const mean: Reduce = (x, options) => ReduceMean(toFloat(x), options);

const variance: Reduce = (x, options) => {
  const float = toFloat(x);
  const centered = Sub(float, ReduceMean(float, { axes: options.axes, keepdims: true }));
  return ReduceMean(Mul(centered, centered), options);
};

/** The largest is taken out, so that nothing overflows. */
const logSumExp: Reduce = (x, { axes, keepdims }) => {
  const largest = ReduceMax(x, { axes, keepdims: true });
  const sum = Add(Log(ReduceSum(Exp(Sub(x, largest)), { axes, keepdims: true })), largest);
  return keepdims
    ? sum
    : Reshape(
        sum,
        sum.shape.filter((_, i) => !axes.includes(i)),
      );
};

const any: Reduce = (x, options) => Cast(ReduceMax(Cast(Cast(x, "bool"), "int32"), options), "bool");

/** The axes brought to the front as one, the others behind it. */
function axesFirst(x: Tracer, axes: readonly number[]): Tracer {
  const rest = x.shape.map((_, i) => i).filter((axis) => !axes.includes(axis));
  const reduced = sizeDim(axes.map((axis) => x.shape[axis]!));
  return Reshape(Transpose(x, [...axes, ...rest]), [reduced, ...rest.map((axis) => x.shape[axis]!)]);
}

const product: Reduce = (x, { axes, keepdims }) => {
  const scanned = axesFirst(x, axes);
  const ones = Expand(Constant(x.builder, filled(x.dtype, [], 1)), scanned.shape.slice(1));
  const { states } = Scan({ states: [ones], scanned: [scanned] }, (body) => ({
    states: [Mul(body.states[0]!, body.scanned[0]!)],
    outputs: [],
  }));
  return Reshape(
    states[0]!,
    x.shape.flatMap((dim, i) => (axes.includes(i) ? (keepdims ? [1] : []) : [dim])),
  );
};

const argument = (name: string, prepare: (x: Tracer) => Tracer) => {
  const declared = { axis: fields.orNull(fields.integer()), keepdims: fields.boolean(false) };
  const apply = group.operation(name, declared, ([x], { axis, keepdims }) =>
    axis === null ? ArgMax(prepare(Reshape(x!, [sizeDim(x!.shape)])), 0) : ArgMax(prepare(x!), axis, keepdims),
  );
  return (x: SymbolicTensor, options: { readonly axis?: number | null; readonly keepdims?: boolean } = {}) =>
    apply([x], { ...options });
};

/** Sums up to every place, as a product with a triangle of ones. */
const cumsum = group.operation("cumsum", { axis: fields.integer() }, ([x], { axis }) => {
  const at = normalizeAxis(axis, x!.rank);
  const size = x!.shape[at]!;
  const places = Range(x!.builder, size);
  const triangle = Cast(GreaterOrEqual(Reshape(places, [1, size]), Reshape(places, [size, 1])), x!.dtype);
  const last = x!.shape.map((_, i) => i).filter((i) => i !== at);
  const moved = Transpose(x!, [...last, at]);
  const summed = MatMul(moved.rank === 1 ? Reshape(moved, [1, size]) : moved, triangle);
  const back = x!.shape.map((_, i) => (i === at ? last.length : last.indexOf(i)));
  return Transpose(Reshape(summed, moved.shape), back);
});

/** Sums, means, extremes and the like along axes. (keras.ops.numpy) */
export const reductionOps = {
  sum: reduction("sum", (x, options) => ReduceSum(summable(x), options)),
  mean: reduction("mean", mean),
  max: reduction("max", ReduceMax),
  min: reduction("min", (x, options) => Neg(ReduceMax(Neg(x), options))),
  prod: reduction("prod", product),
  var: reduction("var", variance),
  std: reduction("std", (x, options) => Sqrt(variance(x, options))),
  logsumexp: reduction("logsumexp", (x, options) => logSumExp(toFloat(x), options)),
  any: reduction("any", any),
  all: reduction("all", (x, options) => Not(any(Not(Cast(x, "bool")), options))),
  countNonzero: reduction("countNonzero", (x, options) => ReduceSum(Cast(Not(Equal(x, 0)), "int32"), options)),
  /** Euclidean length. */
  norm: reduction("norm", (x, options) => Sqrt(ReduceSum(Mul(toFloat(x), toFloat(x)), options))),
  argmax: argument("argmax", (x) => x),
  argmin: argument("argmin", Neg),
  cumsum: (x: SymbolicTensor, { axis }: { readonly axis: number }): SymbolicTensor => cumsum([x], { axis }),
};
