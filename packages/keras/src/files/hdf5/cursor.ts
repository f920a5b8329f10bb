import { LamellaError } from "@lamella/ir";

import type { ByteSource } from "../byte-source.ts";

/** Where addresses of an HDF5 file count from, and how wide they are. */
export interface Space {
  readonly source: ByteSource;
  readonly offsetSize: number;
  readonly lengthSize: number;
  /** Bytes of structures that were read so far: those of a sound file are read a few times, and not again and again. */
  spent: number;
  /** Texts of variable length, by the address of their collection and their numbers there. */
  readonly texts: Map<number, ReadonlyMap<number, Uint8Array>>;
}

const text = new TextDecoder();

/** Reads little-endian fields one after another. Everything that does not fit is a LamellaError. */
export class Cursor {
  readonly bytes: Uint8Array;
  at = 0;
  private readonly view: DataView;
  private readonly space: Space;

  constructor(bytes: Uint8Array, space: Space) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.space = space;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Moves on and gives the place before. */
  skip(length: number): number {
    const from = this.at;
    if (length > this.left) throw damaged("A structure ends too early.", `${length} more bytes`, `${this.left}`);
    this.at += length;
    return from;
  }

  u8(): number {
    return this.view.getUint8(this.skip(1));
  }

  u16(): number {
    return this.view.getUint16(this.skip(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  /** An unsigned number of any width up to 8 bytes. */
  uint(width: number): number {
    const from = this.skip(width);
    let value = 0;
    for (let i = width - 1; i >= 0; i--) value = value * 256 + this.bytes[from + i]!;
    return value;
  }

  /** A size. Numbers above 2^53 are too large for any file, and are refused where they are used. */
  length(): number {
    return this.uint(this.space.lengthSize);
  }

  /** An address, or undefined where all bits are set. */
  address(): number | undefined {
    const { offsetSize } = this.space;
    const start = this.at;
    const value = this.uint(offsetSize);
    const isUnset = this.bytes.subarray(start, start + offsetSize).every((byte) => byte === 255);
    return isUnset ? undefined : value;
  }

  take(length: number): Uint8Array {
    const from = this.skip(length);
    return this.bytes.subarray(from, from + length);
  }

  /** @param length in bytes; the text ends at the first zero among them. */
  string(length: number): string {
    return textOf(this.take(length));
  }

  /** Moves on to a multiple of 8. */
  align(from = 0): void {
    const over = (this.at - from) % 8;
    if (over > 0) this.skip(8 - over);
  }

  signature(expected: string): void {
    const found = this.string(4);
    if (found !== expected) throw damaged("A structure is not what it should be.", expected, JSON.stringify(found));
  }

  /** One of the versions that are understood. */
  version(what: string, ...known: readonly number[]): number {
    const version = this.u8();
    if (known.includes(version)) return version;
    throw damaged(`The ${what} has an unknown version.`, known.join(", "), `${version}`);
  }
}

/** UTF-8 up to the first zero. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return text.decode(end === -1 ? bytes : bytes.subarray(0, end));
}

export function cursorAt(space: Space, address: number | undefined, length: number): Cursor {
  if (address === undefined) throw damaged("An address is missing.", "the address of a structure", "none");
  return new Cursor(readPart(space, address, length), space);
}

/** How often the structures of a file may be read, all together, and what small files may take besides. */
const mostReadings = 32;
const floor = 2 ** 24;

/** Bytes of a structure. */
export function readPart(space: Space, address: number, length: number): Uint8Array {
  spend(space, length);
  return space.source.read(address, length);
}

/** Counts what is read. @throws LamellaError `format` where structures lie over one another, to be read without an end */
export function spend(space: Space, length: number): void {
  space.spent += length;
  if (space.spent > floor + mostReadings * space.source.size) {
    throw damaged(
      "Its structures lie over one another.",
      "a place of its own for each",
      "the same bytes again and again",
    );
  }
}

export function damaged(problem: string, expected: string, received: string): LamellaError {
  return new LamellaError("format", { problem: `The HDF5 file is damaged. ${problem}`, expected, received });
}

export function notUnderstood(what: string): LamellaError {
  return new LamellaError("unsupported", {
    problem: `The HDF5 file has ${what}, which is not read here.`,
    hint: "Load the model with Keras and save it again, or rewrite the file with h5repack.",
  });
}
