import { LamellaError } from "./errors.ts";
import type { Tracer } from "./graph-builder.ts";
import { resolveName } from "./names.ts";
import {
  Abs,
  Add,
  Div,
  Erf,
  Exp,
  Greater,
  GreaterOrEqual,
  LogSoftmax,
  Min,
  Mul,
  Neg,
  Relu,
  Sigmoid,
  Softmax,
  Softplus,
  Sub,
  Tanh,
  Where,
} from "./operators.ts";

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
