import { allocate, type TypedArray, viewOf } from "@lamella/ir";

import type { Datatype, StoredNumber } from "./datatype.ts";

type NumberType = Extract<Datatype, { kind: "number" }>;

const hostIsLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

const floatBits = new DataView(new ArrayBuffer(4));

/** Types whose elements are not kept as they are stored. */
const readers: Partial<
  Readonly<Record<StoredNumber, (view: DataView, at: number, littleEndian: boolean) => number | bigint>>
> = {
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, littleEndian) => view.getInt16(at, littleEndian),
  u2: (view, at, littleEndian) => view.getUint16(at, littleEndian),
  bf2: (view, at, littleEndian) => {
    floatBits.setUint16(0, view.getUint16(at, littleEndian));
    return floatBits.getFloat32(0);
  },
};

/**
 * The elements that bytes hold. Numbers of 64 bits without a sign wrap around above 2^63.
 *
 * @param bytes in memory of their own, which becomes that of the elements
 */
export function numbersOf(bytes: Uint8Array<ArrayBuffer>, type: NumberType, count: number): TypedArray {
  const read = readers[type.stored];
  if (read !== undefined) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const data: TypedArray = allocate(type.dtype, count);
    for (let i = 0; i < count; i++) data[i] = read(view, i * type.bytes, type.littleEndian);
    return data;
  }
  if (type.bytes > 1 && type.littleEndian !== hostIsLittle) {
    for (let i = 0; i < bytes.length; i += type.bytes) bytes.subarray(i, i + type.bytes).reverse();
  }
  return viewOf(type.dtype, bytes.buffer, bytes.byteOffset, count);
}
