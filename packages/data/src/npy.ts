import {
  allocate,
  type DType,
  LamellaError,
  rowMajor,
  sizeOf,
  type StaticShape,
  Tensor,
  type TypedArray,
  viewOf,
} from "@lamella/ir";

import { bytesOf } from "./files.ts";

interface Header {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: StaticShape;
  /** Where the numbers begin. */
  readonly start: number;
}

/** How numpy's kinds are stored here: the dtype, and how one element is read where that is not as its bytes are. */
interface Kind {
  readonly dtype: DType;
  readonly bytes: number;
  readonly read?: (view: DataView, offset: number, little: boolean) => number | bigint;
}

const kinds: Readonly<Record<string, Kind>> = {
  b1: { dtype: "bool", bytes: 1 },
  u1: { dtype: "uint8", bytes: 1 },
  i1: { dtype: "int32", bytes: 1, read: (view, offset) => view.getInt8(offset) },
  u2: { dtype: "int32", bytes: 2, read: (view, offset, little) => view.getUint16(offset, little) },
  i2: { dtype: "int32", bytes: 2, read: (view, offset, little) => view.getInt16(offset, little) },
  u4: { dtype: "uint32", bytes: 4 },
  i4: { dtype: "int32", bytes: 4 },
  i8: { dtype: "int64", bytes: 8 },
  u8: { dtype: "int64", bytes: 8, read: (view, offset, little) => view.getBigUint64(offset, little) },
  f2: { dtype: "float16", bytes: 2 },
  f4: { dtype: "float32", bytes: 4 },
  f8: { dtype: "float64", bytes: 8 },
};

/**
 * The array of a .npy file, in Node, or of its bytes, in row-major order. int8, int16 and uint16 become int32, uint64 becomes int64.
 *
 * @throws LamellaError `unavailable` for a file that cannot be read, `format` for anything but an intact .npy file,
 *   `dtype` for arrays that are no numbers
 */
export async function readNpy(source: string | Uint8Array): Promise<Tensor> {
  return decodeNpy(await bytesOf(source), typeof source === "string" ? source : "npy");
}

/** @param where names the file in errors */
export function decodeNpy(bytes: Uint8Array, where: string): Tensor {
  const { descr, fortranOrder, shape, start } = headerOf(bytes, where);
  const kind = kinds[descr.slice(1)];
  if (kind === undefined || !"<>|=".includes(descr[0]!)) {
    throw new LamellaError("dtype", {
      where,
      problem: "The array has a dtype that no tensor has.",
      expected: `numbers: ${Object.keys(kinds).join(", ")}`,
      received: descr,
      hint: "Convert it in numpy with astype().",
    });
  }
  const count = sizeOf(shape);
  const end = start + count * kind.bytes;
  if (bytes.length < end) throw broken(where, "The file is cut off.", `${end} bytes`, String(bytes.length));
  const data = numbersOf(bytes.slice(start, end), kind, count, descr[0] !== ">", where);
  return new Tensor(kind.dtype, shape, fortranOrder ? rowMajor(data, shape, kind.dtype) : data);
}

function headerOf(bytes: Uint8Array, where: string): Header {
  const magic = String.fromCodePoint(...bytes.subarray(0, 6));
  if (magic !== "\u0093NUMPY" || bytes.length < 12) {
    throw broken(where, "This is no .npy file.", "the bytes \\x93NUMPY at its start");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFirst = bytes[6] === 1;
  const textStart = isFirst ? 10 : 12;
  const start = textStart + (isFirst ? view.getUint16(8, true) : view.getUint32(8, true));
  const text = new TextDecoder("latin1").decode(bytes.subarray(textStart, start));
  const descr = /'descr'\s*:\s*'(?<descr>[<>|=][^']+)'/.exec(text)?.groups?.["descr"];
  const order = /'fortran_order'\s*:\s*(?<order>True|False)/.exec(text)?.groups?.["order"];
  const sizes = /'shape'\s*:\s*\((?<sizes>[\d\s,L]*)\)/.exec(text)?.groups?.["sizes"];
  if (start > bytes.length || order === undefined || sizes === undefined) {
    throw broken(where, "The header is damaged.", "descr, fortran_order and shape", text.trim());
  }
  if (descr === undefined) {
    throw new LamellaError("dtype", {
      where,
      problem: "The array has fields, not numbers.",
      expected: "one dtype for all elements",
      received: text.trim(),
    });
  }
  const shape = sizes
    .split(",")
    .filter((size) => size.trim() !== "")
    .map((size) => Number.parseInt(size, 10));
  return { descr, fortranOrder: order === "True", shape, start };
}

const hostIsLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** @param bytes a copy of its own, which may be changed */
function numbersOf(bytes: Uint8Array, kind: Kind, count: number, little: boolean, where: string): TypedArray {
  const { dtype, bytes: width, read } = kind;
  if (read === undefined) {
    if (little !== hostIsLittle) for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
    return viewOf(dtype, bytes.buffer, bytes.byteOffset, count);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: TypedArray = allocate(dtype, count);
  for (let i = 0; i < count; i++) {
    const value = read(view, i * width, little);
    if (typeof value === "bigint" && value >= 2n ** 63n) {
      throw new LamellaError("dtype", {
        where,
        problem: "The array holds a number that int64 does not.",
        expected: "numbers below 2^63",
        received: `${value} at element ${i}`,
      });
    }
    data[i] = value;
  }
  return data;
}

function broken(where: string, problem: string, expected: string, received?: string): LamellaError {
  return new LamellaError("format", { where, problem, expected, received });
}
