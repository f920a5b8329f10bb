import {
  allocate,
  type DType,
  float16ToNumber,
  LamellaError,
  numberToFloat16,
  type StaticShape,
  Tensor,
  type TypedArray,
} from "@lamella/ir";

/** A value type whose sizes are all known. */
export interface StaticType {
  readonly shape: StaticShape;
  readonly dtype: DType;
}

/** Runs a graph on inputs in the order of its ports. */
export type Program = (inputs: readonly Tensor[]) => readonly Tensor[];

/**
 * Computes a primitive. `outputs` are the types to give, `body` runs the body of a Scan. Inputs are never changed; an
 * output may share memory with an input.
 */
export type Kernel<Attributes> = (
  inputs: readonly Tensor[],
  attributes: Attributes,
  outputs: readonly StaticType[],
  body: Program,
) => Tensor | readonly Tensor[];

export type Numbers = Exclude<TypedArray, BigInt64Array | Uint16Array>;

/** The elements as numbers; int64 beyond 2^53 is rounded. */
export function numbersOf(tensor: Tensor): Numbers {
  const { data, dtype } = tensor;
  if (data instanceof BigInt64Array) return Float64Array.from(data, Number);
  if (dtype === "float16") return Float32Array.from(data, float16ToNumber);
  return data as Numbers;
}

export function mapped(values: Numbers, f: (value: number) => number): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = f(values[i]!);
  return out;
}

/**
 * Rounds results to their dtype. Integers wrap around, fractions are cut off, NaN and infinities become integer 0, and
 * anything but 0 is true.
 */
export function store({ shape, dtype }: StaticType, values: Float64Array): Tensor {
  if (dtype === "float64") return new Tensor(dtype, shape, values);
  if (dtype === "float16") return new Tensor(dtype, shape, Uint16Array.from(values, numberToFloat16));
  if (dtype === "bool")
    return new Tensor(
      dtype,
      shape,
      Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)),
    );
  if (dtype === "int64") {
    const whole = (value: number) => (Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n);
    return new Tensor(dtype, shape, BigInt64Array.from(values, whole));
  }
  const data = allocate(dtype, values.length);
  data.set(values);
  return new Tensor(dtype, shape, data);
}

/**
 * The data as cells that are copied but not looked into. Bit patterns and bigints pass as numbers here: source and
 * target must be of one dtype.
 */
export function cellsOf(data: TypedArray): Float64Array {
  return data as Float64Array;
}

export function expectShape(what: string, actual: StaticShape, expected: readonly (number | string)[]): void {
  if (actual.length === expected.length && actual.every((size, axis) => size === expected[axis])) return;
  throw new LamellaError("shape", {
    problem: `${what} has the wrong shape.`,
    expected: `(${expected.join(", ")})`,
    received: `(${actual.join(", ")})`,
  });
}
