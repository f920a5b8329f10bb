import { type StaticShape, sizeOf } from "./dim.ts";
import { allocate, byteSize, type DType, type TypedArray, type TypedArrays } from "./dtype.ts";
import { LamellaError } from "./errors.ts";
import { float16ToNumber, numberToFloat16 } from "./float16.ts";

/** Numbers in nested arrays, as deep as the tensor's rank. */
export type NestedArray = number | boolean | readonly NestedArray[];

/** A block of numbers in host memory: a typed array, a shape and a dtype, in row-major order. Never changed once made. */
export class Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: StaticShape;
  readonly data: TypedArrays[D];

  /** @throws LamellaError `shape` when the data's length is not the shape's size. */
  constructor(dtype: D, shape: StaticShape, data: TypedArrays[D]) {
    if (data.length !== sizeOf(shape)) {
      throw new LamellaError("shape", {
        problem: "The data does not fill the shape.",
        expected: `${sizeOf(shape)} elements for shape [${shape.join(", ")}]`,
        received: `${data.length} elements`,
      });
    }
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
  }

  get size(): number {
    return this.data.length;
  }

  get byteLength(): number {
    return this.data.length * byteSize(this.dtype);
  }

  /** The elements as numbers, row-major; booleans as 0 and 1. */
  toNumbers(): number[] {
    const { data, dtype } = this;
    if (data instanceof Uint16Array && dtype === "float16") return Array.from(data, float16ToNumber);
    return Array.from(data as Exclude<TypedArray, Uint16Array>, Number);
  }

  /** The elements as nested arrays; a scalar as a number. */
  toArray(): NestedArray {
    const flat = this.toNumbers();
    const nest = (axis: number, offset: number): NestedArray => {
      if (axis === this.shape.length) return flat[offset]!;
      const stride = sizeOf(this.shape.slice(axis + 1));
      return Array.from({ length: this.shape[axis]! }, (_, i) => nest(axis + 1, offset + i * stride));
    };
    return nest(0, 0);
  }

  /** The same elements under another shape, without a copy. */
  reshape(shape: StaticShape): Tensor<D> {
    return new Tensor(this.dtype, shape, this.data);
  }

  /** The elements converted: floats are truncated towards zero on their way to integers (NaN is 0), anything but 0 is true. */
  cast<E extends DType>(dtype: E): Tensor<E> {
    const own: DType = this.dtype;
    if (own === dtype) return this as unknown as Tensor<E>;
    const data: TypedArray = this.data;
    const numbers = data instanceof BigInt64Array || own === "float16" ? this.toNumbers() : data;
    return new Tensor(dtype, this.shape, fromNumbers(dtype, numbers));
  }

  /** Rows `start` to `end` of the first axis, without a copy. */
  rows(start: number, end: number): Tensor<D> {
    const [rows = 0, ...rest] = this.shape;
    const stride = sizeOf(rest);
    const last = Math.min(end, rows);
    const data = this.data.subarray(start * stride, last * stride) as TypedArrays[D];
    return new Tensor(this.dtype, [last - start, ...rest], data);
  }
}

/** Numbers as a typed array of a dtype. */
export function fromNumbers<D extends DType>(dtype: D, numbers: ArrayLike<number>): TypedArrays[D] {
  const data: TypedArray = allocate(dtype, numbers.length);
  if (data instanceof BigInt64Array) {
    for (let i = 0; i < data.length; i++) data[i] = Number.isFinite(numbers[i]) ? BigInt(Math.trunc(numbers[i]!)) : 0n;
  } else if (dtype === "float16") {
    for (let i = 0; i < data.length; i++) data[i] = numberToFloat16(numbers[i]!);
  } else if (dtype === "bool") {
    for (let i = 0; i < data.length; i++) data[i] = numbers[i] === 0 ? 0 : 1;
  } else {
    // Truncates on its way to integers.
    data.set(numbers);
  }
  return data as TypedArrays[D];
}

/** A tensor with the same value everywhere. */
export function filled<D extends DType>(dtype: D, shape: StaticShape, value: number): Tensor<D> {
  const data: TypedArray = allocate(dtype, sizeOf(shape));
  if (value !== 0) data.fill(fromNumbers(dtype, [value])[0] as never);
  return new Tensor(dtype, shape, data as TypedArrays[D]);
}

function shapeOfNested(value: NestedArray): number[] {
  const shape: number[] = [];
  for (let level: NestedArray | undefined = value; Array.isArray(level); level = level[0] as NestedArray | undefined) {
    shape.push(level.length);
  }
  return shape;
}

function describeValue(value: unknown): string {
  if (typeof value === "object" && value !== null) return `a ${value.constructor?.name ?? "record"}`;
  return typeof value === "string" ? `'${value}'` : String(value);
}

function flattenInto(value: NestedArray, shape: StaticShape, axis: number, numbers: number[]): void {
  if (axis === shape.length && !Array.isArray(value)) {
    if (typeof value !== "number" && typeof value !== "boolean") {
      throw new LamellaError("data", {
        problem: "The nested arrays hold something that is no number.",
        expected: "numbers or booleans",
        received: describeValue(value),
      });
    }
    numbers.push(Number(value));
    return;
  }
  if (!Array.isArray(value) || value.length !== shape[axis]) {
    throw new LamellaError("data", {
      problem: "The nested arrays are ragged.",
      expected: `${shape[axis] ?? "no"} elements at depth ${axis}, as in the first row`,
      received: Array.isArray(value)
        ? `${value.length} elements`
        : typeof value === "number"
          ? "a number"
          : describeValue(value),
    });
  }
  for (const item of value as readonly NestedArray[]) flattenInto(item, shape, axis + 1, numbers);
}

/**
 * A tensor from nested arrays, a number, or flat data with a shape.
 *
 * @param dtype default: float32; bool for nested booleans.
 * @throws LamellaError `data` for ragged arrays, `shape` when the data does not fill the shape.
 */
export function tensor(values: NestedArray | ArrayLike<number>, shape?: StaticShape, dtype?: DType): Tensor {
  if (ArrayBuffer.isView(values)) {
    const numbers = values as unknown as ArrayLike<number>;
    return new Tensor(dtype ?? "float32", shape ?? [numbers.length], fromNumbers(dtype ?? "float32", numbers));
  }
  const nested = values as NestedArray;
  const numbers: number[] = [];
  const found = shapeOfNested(nested);
  flattenInto(nested, found, 0, numbers);
  let first: NestedArray | undefined = nested;
  while (Array.isArray(first)) first = first[0] as NestedArray | undefined;
  const type = dtype ?? (typeof first === "boolean" ? "bool" : "float32");
  return new Tensor(type, shape ?? found, fromNumbers(type, numbers));
}
