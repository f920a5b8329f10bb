import { LamellaError } from "./errors.ts";

/** Element types of tensors. float16 is stored as its bit pattern in a Uint16Array, bool as 0 and 1 in a Uint8Array. */
export const dtypes = ["float32", "float16", "float64", "int32", "int64", "uint32", "uint8", "bool"] as const;
export type DType = (typeof dtypes)[number];

/** The typed array that holds each dtype. */
export interface TypedArrays {
  float32: Float32Array;
  float16: Uint16Array;
  float64: Float64Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint32: Uint32Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}
export type TypedArray = TypedArrays[DType];

const constructors: {
  [D in DType]: {
    new (length: number): TypedArrays[D];
    new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TypedArrays[D];
    readonly BYTES_PER_ELEMENT: number;
  };
} = {
  float32: Float32Array,
  float16: Uint16Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint32: Uint32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** A zeroed typed array for `length` elements of a dtype. */
export function allocate<D extends DType>(dtype: D, length: number): TypedArrays[D] {
  return new constructors[dtype](length);
}

/** A typed array over existing bytes, without a copy. `byteOffset` must be a multiple of the element size. */
export function viewOf<D extends DType>(
  dtype: D,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): TypedArrays[D] {
  return new constructors[dtype](buffer, byteOffset, length);
}

/** Bytes per element. */
export function byteSize(dtype: DType): number {
  return constructors[dtype].BYTES_PER_ELEMENT;
}

export function isDType(value: unknown): value is DType {
  return (dtypes as readonly unknown[]).includes(value);
}

export function isFloating(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float16" || dtype === "float64";
}

const rank: { [D in DType]: number } = {
  bool: 0,
  uint8: 1,
  uint32: 2,
  int32: 3,
  int64: 4,
  float16: 5,
  float32: 6,
  float64: 7,
};

/** The dtype two operands are cast to before they meet (Keras's `result_type`). Primitives never promote by themselves. */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  const [low, high] = rank[a] < rank[b] ? [a, b] : [b, a];
  return low === "uint32" && high === "int32" ? "int64" : high;
}

export function assertDType(value: unknown, where?: string): DType {
  if (isDType(value)) return value;
  throw new LamellaError("dtype", {
    where,
    problem: "Unknown dtype.",
    expected: `one of ${dtypes.join(", ")}`,
    received: String(value),
  });
}
