import type { Tracer } from "../graph-builder.ts";
import {
  Abs,
  Add,
  And,
  Cast,
  Cos,
  Div,
  Equal,
  Erf,
  Exp,
  Floor,
  Greater,
  GreaterOrEqual,
  Less,
  LessOrEqual,
  Log,
  Max,
  Min,
  Mod,
  Mul,
  Neg,
  Not,
  Or,
  Pow,
  Relu,
  Sign,
  Sin,
  Sqrt,
  Sub,
  Tanh,
  Where,
} from "../operators.ts";
import type { SymbolicTensor } from "../symbolic.ts";
import { type Operand, OperationGroup } from "./operation.ts";

const group = new OperationGroup();
export const elementwiseOperations = group.types;

type Binary = (x1: Operand, x2: Operand) => SymbolicTensor;

const binary = (
  name: string,
  compute: (a: Tracer, b: Tracer) => Tracer,
  options: { readonly asFloat?: boolean } = {},
): Binary => group.elementwise(name, (a, b) => compute(a, b), options);

const ceil = (x: Tracer) => Neg(Floor(Neg(x)));

/** To the nearest whole number, halves to the even one. */
function roundHalfToEven(x: Tracer): Tracer {
  const up = Floor(Add(x, 0.5));
  const isHalf = Equal(Sub(up, x), 0.5);
  const isOdd = Equal(Mod(up, 2), 1);
  return Where(And(isHalf, isOdd), Sub(up, 1), up);
}

/** log(e^a + e^b) without overflow. */
function logAddExp(a: Tracer, b: Tracer): Tracer {
  return Add(Max(a, b), Log(Add(Exp(Neg(Abs(Sub(a, b)))), 1)));
}

const where = group.elementwise("where", Where, { hasCondition: true });
const clip = group.elementwise("clip", (x, low, high) => Min(Max(x, low), high));

/** Arithmetic and comparison, element by element, with NumPy's broadcasting. (keras.ops.numpy) */
export const elementwiseOps = {
  add: binary("add", Add),
  subtract: binary("subtract", Sub),
  multiply: binary("multiply", Mul),
  divide: binary("divide", Div, { asFloat: true }),
  divideNoNan: binary("divideNoNan", (a, b) => Where(Equal(b, 0), 0, Div(a, Where(Equal(b, 0), 1, b))), {
    asFloat: true,
  }),
  floorDivide: binary("floorDivide", (a, b) => Div(Sub(a, Mod(a, b)), b)),
  mod: binary("mod", Mod),
  power: binary("power", Pow),
  maximum: binary("maximum", Max),
  minimum: binary("minimum", Min),
  logaddexp: binary("logaddexp", logAddExp, { asFloat: true }),
  squaredDifference: binary("squaredDifference", (a, b) => Mul(Sub(a, b), Sub(a, b))),
  negative: group.unary("negative", Neg),
  absolute: group.unary("absolute", Abs),
  sign: group.unary("sign", Sign),
  square: group.unary("square", (x) => Mul(x, x)),
  reciprocal: group.unaryFloat("reciprocal", (x) => Div(1, x)),
  sqrt: group.unaryFloat("sqrt", Sqrt),
  rsqrt: group.unaryFloat("rsqrt", (x) => Div(1, Sqrt(x))),
  exp: group.unaryFloat("exp", Exp),
  expm1: group.unaryFloat("expm1", (x) => Sub(Exp(x), 1)),
  log: group.unaryFloat("log", Log),
  log1p: group.unaryFloat("log1p", (x) => Log(Add(x, 1))),
  log2: group.unaryFloat("log2", (x) => Div(Log(x), Math.LN2)),
  log10: group.unaryFloat("log10", (x) => Div(Log(x), Math.LN10)),
  sin: group.unaryFloat("sin", Sin),
  cos: group.unaryFloat("cos", Cos),
  tan: group.unaryFloat("tan", (x) => Div(Sin(x), Cos(x))),
  sinh: group.unaryFloat("sinh", (x) => Mul(Sub(Exp(x), Exp(Neg(x))), 0.5)),
  cosh: group.unaryFloat("cosh", (x) => Mul(Add(Exp(x), Exp(Neg(x))), 0.5)),
  tanh: group.unaryFloat("tanh", Tanh),
  erf: group.unaryFloat("erf", Erf),
  floor: group.unaryFloat("floor", Floor),
  ceil: group.unaryFloat("ceil", ceil),
  trunc: group.unaryFloat("trunc", (x) => Where(Less(x, 0), ceil(x), Floor(x))),
  round: group.unaryFloat("round", roundHalfToEven),
  relu: group.unary("relu", Relu),
  where: (condition: SymbolicTensor, x1: Operand, x2: Operand): SymbolicTensor => where(condition, x1, x2),
  /** Limits values to the range from `xMin` to `xMax`. */
  clip: (x: SymbolicTensor, xMin: Operand, xMax: Operand): SymbolicTensor => clip(x, xMin, xMax),
  isnan: group.unaryFloat("isnan", (x) => Not(Equal(x, x))),
  isinf: group.unaryFloat("isinf", (x) => Equal(Abs(x), Infinity)),
  isfinite: group.unaryFloat("isfinite", (x) => Less(Abs(x), Infinity)),
  heaviside: binary("heaviside", (a, b) => Where(Equal(a, 0), b, Cast(Greater(a, 0), b.dtype))),
  equal: binary("equal", Equal),
  notEqual: binary("notEqual", (a, b) => Not(Equal(a, b))),
  greater: binary("greater", Greater),
  greaterEqual: binary("greaterEqual", GreaterOrEqual),
  less: binary("less", Less),
  lessEqual: binary("lessEqual", LessOrEqual),
  logicalNot: group.unary("logicalNot", (x) => Not(Cast(x, "bool"))),
  logicalAnd: binary("logicalAnd", (a, b) => And(Cast(a, "bool"), Cast(b, "bool"))),
  logicalOr: binary("logicalOr", (a, b) => Or(Cast(a, "bool"), Cast(b, "bool"))),
  logicalXor: binary("logicalXor", (a, b) => Not(Equal(Cast(a, "bool"), Cast(b, "bool")))),
};
