import { floorDivDim } from "./dim.ts";
import { LamellaError } from "./errors.ts";
import type { Tracer } from "./graph-builder.ts";
import { resolveName } from "./names.ts";
import {
  Abs,
  Add,
  And,
  Cast,
  Div,
  Equal,
  Erf,
  Exp,
  Greater,
  GreaterOrEqual,
  Less,
  LessOrEqual,
  LogSoftmax,
  Max,
  Min,
  Mul,
  Neg,
  Or,
  Range,
  ReduceSum,
  Relu,
  Reshape,
  Sigmoid,
  SliceAxis,
  Softmax,
  Softplus,
  Sqrt,
  Sub,
  Tanh,
  Where,
} from "./operators.ts";
import { normalizeAxis } from "./primitives/shape-rules.ts";

const seluScale = 1.0507009873554805;
const seluAlpha = 1.6732632423543772;

/** alpha (e^x - 1) for negative x; the exponent is capped so that nothing overflows where x is positive. */
function exponentialBelow0(x: Tracer, alpha: number): Tracer {
  return Mul(Sub(Exp(Min(x, 0)), 1), alpha);
}

/** x where positive, alpha (e^x - 1) elsewhere. */
export function elu(x: Tracer, alpha = 1): Tracer {
  return Where(Greater(x, 0), x, exponentialBelow0(x, alpha));
}

/** x up to 6. The gradient is 0 from 6 on, as in TensorFlow. */
export function capAt6(x: Tracer): Tracer {
  return Where(GreaterOrEqual(x, 6), 6, x);
}

const hardSigmoid = (x: Tracer) => Div(capAt6(Relu(Add(x, 3))), 6);

/** x where positive, slope * x elsewhere. */
export function leakyRelu(x: Tracer, negativeSlope = 0.2): Tracer {
  return Where(Greater(x, 0), x, Mul(x, negativeSlope));
}

/** max(x, 0) + alpha (e^(min(x, 0) / alpha) - 1). */
export function celu(x: Tracer, alpha = 1): Tracer {
  return Add(Max(x, 0), Mul(Sub(Exp(Div(Min(x, 0), alpha)), 1), alpha));
}

/** The first half of an axis times the sigmoid of the second half. */
export function glu(x: Tracer, axis = -1): Tracer {
  const size = x.shape.at(axis)!;
  if (typeof size === "number" && size % 2 !== 0) {
    throw new LamellaError("shape", {
      problem: "glu halves its axis.",
      expected: "an even size",
      received: String(size),
    });
  }
  const half = floorDivDim(size, 2);
  return Mul(SliceAxis(x, axis, 0, half), Sigmoid(SliceAxis(x, axis, half, size)));
}

/** 0 between -threshold and threshold. */
export function hardShrink(x: Tracer, threshold = 0.5): Tracer {
  return Where(Greater(Abs(x), threshold), x, 0);
}

/** 0 between -threshold and threshold, and the rest drawn in by as much. */
export function softShrink(x: Tracer, threshold = 0.5): Tracer {
  return Where(Greater(x, threshold), Sub(x, threshold), Where(Less(x, -threshold), Add(x, threshold), 0));
}

/** (x + sqrt(x^2 + b)) / 2. */
export function squareplus(x: Tracer, b = 4): Tracer {
  return Div(Add(x, Sqrt(Add(Mul(x, x), b))), 2);
}

/**
 * max(x - threshold, 0), where the threshold is Keras's: (the sum of the running sums of the sorted values in the support,
 * less 1) / (their number). Martins and Astudillo (2016) take the last running sum only, so that the result sums to 1.
 * Comparing pairs spares the sort: a value stands behind all that are larger, and behind equal ones before it.
 */
export function sparsemax(x: Tracer, axis = -1): Tracer {
  const at = normalizeAxis(axis, x.rank);
  const insert = (position: number) => [...x.shape.slice(0, position), 1, ...x.shape.slice(position)];
  const value = Reshape(x, insert(at + 1));
  const others = Reshape(x, insert(at));
  const places = Range(x.builder, x.shape[at]!);
  const trailing = x.shape.slice(at + 1).map(() => 1);
  const earlier = LessOrEqual(
    Reshape(places, [1, x.shape[at]!, ...trailing]),
    Reshape(places, [x.shape[at]!, 1, ...trailing]),
  );
  const sortedBefore = Cast(Or(Greater(others, value), And(Equal(others, value), earlier)), x.dtype);
  const rank = ReduceSum(sortedBefore, { axes: [at + 1] });
  const runningSum = ReduceSum(Mul(sortedBefore, others), { axes: [at + 1] });
  const support = Greater(Sub(x, Div(Sub(runningSum, 1), rank)), 0);
  const size = ReduceSum(Cast(support, x.dtype), { axes: [at], keepdims: true });
  const total = ReduceSum(Where(support, runningSum, 0), { axes: [at], keepdims: true });
  return Max(Sub(x, Div(Sub(total, 1), size)), 0);
}

/** Keras's activation functions (keras.activations), with Keras's default arguments. */
const table = {
  linear: (x: Tracer) => x,
  relu: Relu,
  relu6: (x: Tracer) => capAt6(Relu(x)),
  leakyRelu: (x: Tracer) => leakyRelu(x),
  elu: (x: Tracer) => elu(x),
  selu: (x: Tracer) => Mul(Where(GreaterOrEqual(x, 0), x, exponentialBelow0(x, seluAlpha)), seluScale),
  gelu: (x: Tracer) => Mul(Mul(x, 0.5), Add(Erf(Mul(x, Math.SQRT1_2)), 1)),
  silu: (x: Tracer) => Mul(x, Sigmoid(x)),
  mish: (x: Tracer) => Mul(x, Tanh(Softplus(x))),
  sigmoid: Sigmoid,
  hardSigmoid,
  hardSilu: (x: Tracer) => Mul(x, hardSigmoid(x)),
  tanh: Tanh,
  softplus: Softplus,
  softsign: (x: Tracer) => Div(x, Add(Abs(x), 1)),
  logSigmoid: (x: Tracer) => Neg(Softplus(Neg(x))),
  exponential: Exp,
  softmax: (x: Tracer) => Softmax(x),
  logSoftmax: (x: Tracer) => LogSoftmax(x),
  celu: (x: Tracer) => celu(x),
  glu: (x: Tracer) => glu(x),
  hardShrink: (x: Tracer) => hardShrink(x),
  hardTanh: (x: Tracer) => Min(Max(x, -1), 1),
  softShrink: (x: Tracer) => softShrink(x),
  sparsePlus: (x: Tracer) => Where(LessOrEqual(x, -1), 0, Where(Less(x, 1), Div(Mul(Add(x, 1), Add(x, 1)), 4), x)),
  sparseSigmoid: (x: Tracer) => Where(LessOrEqual(x, -1), 0, Where(GreaterOrEqual(x, 1), 1, Mul(Add(x, 1), 0.5))),
  sparsemax: (x: Tracer) => sparsemax(x),
  squareplus: (x: Tracer) => squareplus(x),
  tanhShrink: (x: Tracer) => Sub(x, Tanh(x)),
} as const satisfies Readonly<Record<string, (x: Tracer) => Tracer>>;

/** The name of an activation function. */
export type Activation = keyof typeof table;

export const activationNames = Object.keys(table) as readonly Activation[];

export function resolveActivation(input: unknown, where?: string): Activation {
  if (input === null || input === undefined) return "linear";
  if (typeof input === "string") {
    return resolveName("activation", input, activationNames, where, { swish: "silu", hardSwish: "hardSilu" });
  }
  throw new LamellaError("config", {
    where,
    problem: "An activation is given by name.",
    expected: activationNames.join(", "),
    received: typeof input,
  });
}

/** Applies an activation function. Softmax goes over the last axis. */
export function activate(name: Activation, x: Tracer): Tracer {
  return table[name](x);
}
