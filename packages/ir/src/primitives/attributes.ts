import type { Dim, Shape } from "../dim.ts";
import type { DType } from "../dtype.ts";
import type { Graph } from "../graph.ts";
import type { Tensor } from "../tensor.ts";

type None = Readonly<Record<string, never>>;

export interface ReduceAttributes {
  /** Axes to reduce, ascending, not negative. */
  readonly axes: readonly number[];
  readonly keepdims: boolean;
}

/** Where the channel axis is: Keras's default is channelsLast (N, spatial..., C), ONNX knows channelsFirst (N, C, spatial...). */
export type Layout = "channelsLast" | "channelsFirst";

/** Explicit pads (all begins, then all ends, ONNX order), or SAME_UPPER: as much as keeps ceil(size / stride), the odd one at the end. */
export type Pads = "SAME_UPPER" | readonly number[];

export interface WindowAttributes {
  readonly layout: Layout;
  readonly strides: readonly number[];
  readonly pads: Pads;
}

/** The weight is (spatial..., in / group, out) for channelsLast and (out, in / group, spatial...) for channelsFirst. */
export interface ConvAttributes extends WindowAttributes {
  readonly dilations: readonly number[];
  readonly group: number;
}

export interface PoolAttributes extends WindowAttributes {
  readonly kernelShape: readonly number[];
}

export interface ScanAttributes {
  /**
   * Body inputs: states, invariants, one slice of each scanned input. Body outputs: new states, then one slice of each
   * scanned output. It captures nothing.
   */
  readonly body: Graph<PrimitiveOp>;
  readonly states: number;
  readonly invariants: number;
  /** Runs from the last slice to the first; outputs keep the order of the inputs. */
  readonly reverse: boolean;
}

/**
 * The primitive operators and their attributes: named and defined as the ONNX operator where there is one. Primitives never
 * promote dtypes; elementwise ones broadcast as NumPy does. Indices are int32.
 */
export interface PrimitiveAttributes {
  Constant: { readonly value: Tensor };
  Identity: None;
  /** Identity whose gradient is zero. */
  StopGradient: None;
  /** The value of a dim, as an int32 scalar. (ONNX: Shape and arithmetic.) */
  DimSize: { readonly dim: Dim };
  /** 0, 1, ... size - 1 as int32. */
  Range: { readonly size: Dim };
  /** (key int32 [12], counter int32) to 22-bit int32; see random-bits.ts. (ONNX: integer-valued float32 arithmetic.) */
  RandomBits: None;
  Cast: { readonly to: DType };

  Neg: None;
  Abs: None;
  Sign: None;
  Floor: None;
  Exp: None;
  Log: None;
  Sqrt: None;
  Sin: None;
  Cos: None;
  Erf: None;
  Tanh: None;
  Sigmoid: None;
  Softplus: None;
  Relu: None;
  Not: None;

  Add: None;
  Sub: None;
  Mul: None;
  /** Integers divide towards zero. */
  Div: None;
  Pow: None;
  Max: None;
  Min: None;
  /** The sign follows the divisor. */
  Mod: None;
  Equal: None;
  Greater: None;
  GreaterOrEqual: None;
  Less: None;
  LessOrEqual: None;
  And: None;
  Or: None;
  /** (condition, then, else). */
  Where: None;

  ReduceSum: ReduceAttributes;
  ReduceMean: ReduceAttributes;
  ReduceMax: ReduceAttributes;
  /** Index of the first maximum, int32. */
  ArgMax: { readonly axis: number; readonly keepdims: boolean };
  /** Indices (int32) of the k largest or smallest elements along an axis, in their order; the first of equal ones first. */
  TopK: { readonly axis: number; readonly k: Dim; readonly largest: boolean };
  Softmax: { readonly axis: number };
  LogSoftmax: { readonly axis: number };
  MatMul: None;

  Reshape: { readonly shape: Shape };
  Transpose: { readonly perm: readonly number[] };
  Expand: { readonly shape: Shape };
  Concat: { readonly axis: number };
  /** One entry an axis. A negative step walks from `starts` down to, not including, `ends`; -1 ends before index 0. */
  Slice: { readonly starts: Shape; readonly ends: Shape; readonly steps: readonly number[] };
  /** Constant padding; all begins, then all ends. */
  Pad: { readonly pads: Shape; readonly value: number };
  Gather: { readonly axis: number };
  /** (data, indices [..., k], updates): data with the updates added at the indices; equal indices add up. (ONNX: reduction=add.) */
  ScatterND: None;

  Conv: ConvAttributes;
  /** (output gradient, weight) to input gradient. */
  ConvInputGrad: ConvAttributes & { readonly inputShape: Shape };
  /** (input, output gradient) to weight gradient. */
  ConvWeightGrad: ConvAttributes & { readonly weightShape: readonly number[] };
  MaxPool: PoolAttributes;
  /** (input, output, output gradient) to input gradient: to the first maximum of every window, windows add up. */
  MaxPoolGrad: PoolAttributes;
  /** Padding is left out of the average. */
  AveragePool: PoolAttributes;
  /** Output gradient to input gradient. */
  AveragePoolGrad: PoolAttributes & { readonly inputShape: Shape };

  /** (states, invariants, scanned inputs) to (final states, scanned outputs); the scanned axis is 0. */
  Scan: ScanAttributes;
}

export type Primitive = keyof PrimitiveAttributes;

/** One primitive with its attributes. */
export type PrimitiveOp = {
  [P in Primitive]: { readonly type: P; readonly attributes: PrimitiveAttributes[P] };
}[Primitive];

/** The primitives that have no attributes. */
export type PlainPrimitive = { [P in Primitive]: None extends PrimitiveAttributes[P] ? P : never }[Primitive];

/** The primitives that compute each element of the result from the elements at its place alone. */
export const elementwisePrimitives = [
  "Neg",
  "Abs",
  "Sign",
  "Floor",
  "Exp",
  "Log",
  "Sqrt",
  "Sin",
  "Cos",
  "Erf",
  "Tanh",
  "Sigmoid",
  "Softplus",
  "Relu",
  "Not",
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Pow",
  "Max",
  "Min",
  "Equal",
  "Greater",
  "GreaterOrEqual",
  "Less",
  "LessOrEqual",
  "And",
  "Or",
  "Where",
] as const satisfies readonly PlainPrimitive[];

export type PrimitiveGraph = Graph<PrimitiveOp>;

/** A table with exactly one row a primitive: a missing row does not compile. */
export type PrimitiveTable<Row extends Readonly<Record<Primitive, unknown>>> = { readonly [P in Primitive]: Row[P] };
