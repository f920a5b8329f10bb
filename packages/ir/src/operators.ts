import { addDim, type Dim, type Shape, subDim } from "./dim.ts";
import { type DType, promote } from "./dtype.ts";
import { LamellaError } from "./errors.ts";
import { GraphBuilder, type Tracer } from "./graph-builder.ts";
import type {
  ConvAttributes,
  Pads,
  PlainPrimitive,
  PoolAttributes,
  Primitive,
  PrimitiveAttributes,
  ReduceAttributes,
} from "./primitives/attributes.ts";
import { normalizeAxis } from "./primitives/shape-rules.ts";
import type { Tensor } from "./tensor.ts";

/** A tracer, or a number that becomes a scalar of the other operand's dtype. */
export type Operand = Tracer | number;

function one<P extends Primitive>(type: P, inputs: readonly Tracer[], attributes: PrimitiveAttributes[P]): Tracer {
  return inputs[0]!.builder.emit(type, inputs, attributes)[0]!;
}

const unary = (type: PlainPrimitive) => (x: Tracer) => one(type, [x], {});

function operands(a: Operand, b: Operand): [Tracer, Tracer] {
  if (typeof a !== "number") return [a, typeof b === "number" ? a.builder.scalar(b, a.dtype) : b];
  if (typeof b !== "number") return [b.builder.scalar(a, b.dtype), b];
  throw new LamellaError("graph", { problem: "At least one operand must belong to a graph." });
}

const binary = (type: PlainPrimitive) => (a: Operand, b: Operand) => one(type, operands(a, b), {});

export const Identity = unary("Identity");
export const StopGradient = unary("StopGradient");
export const Neg = unary("Neg");
export const Abs = unary("Abs");
export const Sign = unary("Sign");
export const Floor = unary("Floor");
export const Exp = unary("Exp");
export const Log = unary("Log");
export const Sqrt = unary("Sqrt");
export const Sin = unary("Sin");
export const Cos = unary("Cos");
export const Erf = unary("Erf");
export const Tanh = unary("Tanh");
export const Sigmoid = unary("Sigmoid");
export const Softplus = unary("Softplus");
export const Relu = unary("Relu");
export const Not = unary("Not");
export const Add = binary("Add");
export const Sub = binary("Sub");
export const Mul = binary("Mul");
export const Div = binary("Div");
export const Pow = binary("Pow");
export const Max = binary("Max");
export const Min = binary("Min");
export const Mod = binary("Mod");
export const Equal = binary("Equal");
export const Greater = binary("Greater");
export const GreaterOrEqual = binary("GreaterOrEqual");
export const Less = binary("Less");
export const LessOrEqual = binary("LessOrEqual");
export const And = binary("And");
export const Or = binary("Or");
export const MatMul = (a: Tracer, b: Tracer) => one("MatMul", [a, b], {});
export const RandomBits = (key: Tracer, counter: Tracer) => one("RandomBits", [key, counter], {});
export const ScatterND = (data: Tracer, indices: Tracer, updates: Tracer) =>
  one("ScatterND", [data, indices, updates], {});

export function Where(condition: Tracer, then: Operand, otherwise: Operand): Tracer {
  return one("Where", [condition, ...operands(then, otherwise)], {});
}

export function Cast(x: Tracer, to: DType): Tracer {
  return x.dtype === to ? x : one("Cast", [x], { to });
}

/** Both operands cast to the dtype Keras would compute in. */
export function promoted(a: Tracer, b: Tracer): [Tracer, Tracer] {
  const dtype = promote(a.dtype, b.dtype);
  return [Cast(a, dtype), Cast(b, dtype)];
}

export function Constant(builder: GraphBuilder, value: Tensor): Tracer {
  return builder.constant(value);
}
export function DimSize(builder: GraphBuilder, dim: Dim): Tracer {
  return typeof dim === "number" ? builder.scalar(dim, "int32") : builder.emit("DimSize", [], { dim })[0]!;
}
export function Range(builder: GraphBuilder, size: Dim): Tracer {
  return builder.emit("Range", [], { size })[0]!;
}

/** Axes default to all. */
const reduce =
  (type: "ReduceSum" | "ReduceMean" | "ReduceMax") =>
  (x: Tracer, options: Partial<ReduceAttributes> = {}): Tracer => {
    const axes = (options.axes ?? x.shape.map((_, axis) => axis)).map((axis) => normalizeAxis(axis, x.rank));
    if (axes.length === 0) return x;
    return one(type, [x], { axes: axes.toSorted((a, b) => a - b), keepdims: options.keepdims ?? false });
  };
export const ReduceSum = reduce("ReduceSum");
export const ReduceMean = reduce("ReduceMean");
export const ReduceMax = reduce("ReduceMax");

export function ArgMax(x: Tracer, axis: number, keepdims = false): Tracer {
  return one("ArgMax", [x], { axis: normalizeAxis(axis, x.rank), keepdims });
}
export function TopK(x: Tracer, axis: number, k: Dim, largest = true): Tracer {
  return one("TopK", [x], { axis: normalizeAxis(axis, x.rank), k, largest });
}
export function Softmax(x: Tracer, axis = -1): Tracer {
  return one("Softmax", [x], { axis: normalizeAxis(axis, x.rank) });
}
export function LogSoftmax(x: Tracer, axis = -1): Tracer {
  return one("LogSoftmax", [x], { axis: normalizeAxis(axis, x.rank) });
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

export function Reshape(x: Tracer, shape: Shape): Tracer {
  return sameShape(x.shape, shape) ? x : one("Reshape", [x], { shape });
}
export function Transpose(x: Tracer, perm: readonly number[]): Tracer {
  return perm.every((axis, i) => axis === i) ? x : one("Transpose", [x], { perm });
}
export function Expand(x: Tracer, shape: Shape): Tracer {
  return sameShape(x.shape, shape) ? x : one("Expand", [x], { shape });
}
export function Concat(inputs: readonly Tracer[], axis: number): Tracer {
  return inputs.length === 1 ? inputs[0]! : one("Concat", inputs, { axis: normalizeAxis(axis, inputs[0]!.rank) });
}
export function Gather(x: Tracer, indices: Tracer, axis = 0): Tracer {
  return one("Gather", [x, indices], { axis: normalizeAxis(axis, x.rank) });
}

/** One axis from `start` to `end`; whole numbers below 0 count from the end. The other axes stay whole. */
export function SliceAxis(x: Tracer, axis: number, start: Dim, end: Dim, step = 1): Tracer {
  const at = normalizeAxis(axis, x.rank);
  const size = x.shape[at]!;
  const from = (dim: Dim) => (typeof dim === "number" && dim < 0 ? addDim(size, dim) : dim);
  return Slice(x, {
    starts: x.shape.map((_, i) => (i === at ? from(start) : 0)),
    ends: x.shape.map((dim, i) => (i === at ? from(end) : dim)),
    steps: x.shape.map((_, i) => (i === at ? step : 1)),
  });
}
export function Slice(x: Tracer, attributes: PrimitiveAttributes["Slice"]): Tracer {
  return one("Slice", [x], attributes);
}
/** The elements of one axis from last to first. */
export function Reverse(x: Tracer, axis: number): Tracer {
  const at = normalizeAxis(axis, x.rank);
  return Slice(x, {
    starts: x.shape.map((dim, i) => (i === at ? subDim(dim, 1) : 0)),
    ends: x.shape.map((dim, i) => (i === at ? -1 : dim)),
    steps: x.shape.map((_, i) => (i === at ? -1 : 1)),
  });
}
/** `pads`: all begins, then all ends. */
export function Pad(x: Tracer, pads: Shape, value = 0): Tracer {
  return pads.every((pad) => pad === 0) ? x : one("Pad", [x], { pads, value });
}

export function Conv(x: Tracer, weight: Tracer, attributes: ConvAttributes): Tracer {
  return one("Conv", [x, weight], attributes);
}
export function ConvInputGrad(dy: Tracer, weight: Tracer, attributes: PrimitiveAttributes["ConvInputGrad"]): Tracer {
  return one("ConvInputGrad", [dy, weight], attributes);
}
export function ConvWeightGrad(x: Tracer, dy: Tracer, attributes: PrimitiveAttributes["ConvWeightGrad"]): Tracer {
  return one("ConvWeightGrad", [x, dy], attributes);
}
export function MaxPool(x: Tracer, attributes: PoolAttributes): Tracer {
  return one("MaxPool", [x], attributes);
}
export function MaxPoolGrad(x: Tracer, y: Tracer, dy: Tracer, attributes: PoolAttributes): Tracer {
  return one("MaxPoolGrad", [x, y, dy], attributes);
}
export function AveragePool(x: Tracer, attributes: PoolAttributes): Tracer {
  return one("AveragePool", [x], attributes);
}
export function AveragePoolGrad(dy: Tracer, attributes: PrimitiveAttributes["AveragePoolGrad"]): Tracer {
  return one("AveragePoolGrad", [dy], attributes);
}

/** The pads of Keras's 'valid' and 'same'. */
export function padsOf(padding: "valid" | "same", spatialRank: number): Pads {
  return padding === "same" ? "SAME_UPPER" : Array.from({ length: 2 * spatialRank }, () => 0);
}

export interface ScanInputs {
  /** What the loop carries from step to step. */
  readonly states: readonly Tracer[];
  /** What every step sees whole. */
  readonly invariants?: readonly Tracer[];
  /** What every step sees one slice of, along axis 0. */
  readonly scanned: readonly Tracer[];
  readonly reverse?: boolean;
}
export interface ScanStep {
  readonly states: readonly Tracer[];
  readonly invariants: readonly Tracer[];
  readonly scanned: readonly Tracer[];
}
export interface ScanResult {
  readonly states: readonly Tracer[];
  /** Stacked along axis 0. */
  readonly outputs: readonly Tracer[];
}

/** A loop over the first axis of `scanned`. `step` gets the body's own tracers and captures nothing. (ONNX Scan.) */
export function Scan(inputs: ScanInputs, step: (body: ScanStep) => ScanResult): ScanResult {
  const invariants = inputs.invariants ?? [];
  const [first] = inputs.scanned;
  if (first === undefined) {
    throw new LamellaError("graph", { where: "Scan", problem: "A Scan needs at least one scanned input." });
  }
  const body = new GraphBuilder("body");
  const declare = (prefix: string, tracers: readonly Tracer[], drop: number) =>
    tracers.map(({ shape, dtype }, i) => body.input(`${prefix}${i}`, shape.slice(drop), dtype));
  const result = step({
    states: declare("state", inputs.states, 0),
    invariants: declare("invariant", invariants, 0),
    scanned: declare("scanned", inputs.scanned, 1),
  });
  const named = (prefix: string, tracers: readonly Tracer[]) =>
    tracers.map((tracer, i): [string, Tracer] => [`${prefix}${i}`, tracer]);
  const graph = body.finish(Object.fromEntries([...named("state", result.states), ...named("output", result.outputs)]));
  const outputs = first.builder.emit("Scan", [...inputs.states, ...invariants, ...inputs.scanned], {
    body: graph,
    states: inputs.states.length,
    invariants: invariants.length,
    reverse: inputs.reverse ?? false,
  });
  const count = inputs.states.length;
  return { states: outputs.slice(0, count), outputs: outputs.slice(count) };
}
