import { allocate, type DType, type TypedArray, viewOf } from "@lamella/ir";

/** How the bits of a number are to be read: NumPy's kind and size, `bf2` for bfloat16. */
export type StoredNumber = "u1" | "u2" | "u4" | "u8" | "i1" | "i2" | "i4" | "i8" | "f2" | "bf2" | "f4" | "f8" | "b1";

/** The element type of an array of numbers in a file. `bytes` is what one element takes there. */
export interface NumberType {
  readonly dtype: DType;
  readonly stored: StoredNumber;
  readonly bytes: number;
  readonly littleEndian: boolean;
}

/** The dtypes of tensors that hold them: int8, int16 and uint16 become int32, uint64 int64, bfloat16 float32. */
const dtypes: Readonly<Record<StoredNumber, DType>> = {
  u1: "uint8",
  u2: "int32",
  u4: "uint32",
  u8: "int64",
  i1: "int32",
  i2: "int32",
  i4: "int32",
  i8: "int64",
  f2: "float16",
  bf2: "float32",
  f4: "float32",
  f8: "float64",
  b1: "bool",
};

export function isStoredNumber(name: string): name is StoredNumber {
  return Object.hasOwn(dtypes, name);
}

export function numberType(stored: StoredNumber, littleEndian: boolean): NumberType {
  return { dtype: dtypes[stored], stored, bytes: Number(stored.at(-1)), littleEndian };
}

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
