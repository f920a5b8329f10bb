import { LamellaError } from "lamella";

/** What an idx file holds: unsigned bytes and the size of every axis. */
export interface Idx {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const unsignedByte = 0x08;

/**
 * The contents of an idx file: two zero bytes, the type of the elements, the number of axes, the size of each axis as
 * four bytes, then the elements.
 *
 * @throws LamellaError `format` for anything but a complete idx file of unsigned bytes
 */
export function parseIdx(bytes: Uint8Array, file: string): Idx {
  const wrong = (problem: string, expected: string, received: string) =>
    new LamellaError("format", { where: file, problem, expected, received });
  const [zero0, zero1, type, rank = 0] = bytes;
  if (zero0 !== 0 || zero1 !== 0 || type !== unsignedByte) {
    const start = Array.from(bytes.subarray(0, 3), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw wrong("This is not an idx file of unsigned bytes.", "00 00 08 at its start", start || "an empty file");
  }
  const header = 4 + 4 * rank;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const axes = Array.from({ length: rank }, (_, axis) => 4 + 4 * axis).filter((at) => at + 4 <= bytes.length);
  const shape = axes.map((at) => view.getUint32(at));
  const length = header + shape.reduce((product, size) => product * size, 1);
  if (axes.length < rank || bytes.length < length) {
    throw wrong("The file ends too early.", `at least ${length} bytes`, `${bytes.length} bytes`);
  }
  if (bytes.length > length) {
    throw wrong("The file is longer than it says.", `${length} bytes`, `${bytes.length} bytes`);
  }
  return { shape, data: bytes.subarray(header) };
}
