import { type StaticShape, sizeOf } from "./dim.ts";
import { allocate } from "./dtype.ts";
import { fromNumbers, Tensor } from "./tensor.ts";

/** The typed arrays that become tensors. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Uint8ClampedArray
  | BigInt64Array;

export function isNumberArray(value: unknown): value is NumberArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && !(value instanceof BigUint64Array);
}

/** A typed array as a tensor of its own dtype, int32 where that is none of a tensor's. */
export function flatTensor(data: NumberArray, shape: StaticShape): Tensor {
  if (data instanceof Float32Array) return new Tensor("float32", shape, data);
  if (data instanceof Float64Array) return new Tensor("float64", shape, data);
  if (data instanceof Int32Array) return new Tensor("int32", shape, data);
  if (data instanceof Uint8Array) return new Tensor("uint8", shape, data);
  if (data instanceof BigInt64Array) return new Tensor("int64", shape, data);
  if (data instanceof Uint32Array) return new Tensor("uint32", shape, data);
  return new Tensor("int32", shape, fromNumbers("int32", data));
}

/** The rows of a tensor at given indices, as a new tensor. */
export function gatherRows(source: Tensor, indices: ArrayLike<number>, start = 0, end = indices.length): Tensor {
  const [, ...rest] = source.shape;
  const stride = sizeOf(rest);
  const rows = allocate(source.dtype, (end - start) * stride);
  for (let i = start; i < end; i++) {
    const from = indices[i]! * stride;
    rows.set(source.data.subarray(from, from + stride) as never, (i - start) * stride);
  }
  return new Tensor(source.dtype, [end - start, ...rest], rows);
}

/** Tensors one after another along the first axis. */
export function concatRows(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const rows = parts.reduce((sum, { shape }) => sum + shape[0]!, 0);
  const data = allocate(
    first!.dtype,
    parts.reduce((sum, { size }) => sum + size, 0),
  );
  let offset = 0;
  for (const part of parts) {
    data.set(part.data as never, offset);
    offset += part.size;
  }
  return new Tensor(first!.dtype, [rows, ...first!.shape.slice(1)], data);
}
