import type * as NodeFiles from "node:fs";

import { LamellaError } from "@lamella/ir";

/** Bytes that are read where they are needed: those of a buffer, of an open file, or a part of either. */
export interface ByteSource {
  readonly size: number;
  /**
   * Not to be changed: they may be those of the buffer itself.
   *
   * @throws LamellaError `format` where the source ends before them
   */
  read(position: number, length: number): Uint8Array;
  /** The same in memory of their own. */
  copy(position: number, length: number): Uint8Array<ArrayBuffer>;
  close(): void;
}

export function sourceOf(given: Uint8Array): ByteSource {
  // Parts of a Node Buffer would share their memory where those of other arrays are copies.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  const read = (position: number, length: number): Uint8Array => {
    checkRange(position, length, bytes.length);
    return bytes.subarray(position, position + length);
  };
  return {
    size: bytes.length,
    read,
    copy: (position, length) => read(position, length).slice(),
    close: () => undefined,
  };
}

/** The bytes from `start` on, `size` of them. Closing a part does nothing. */
export function partOf(source: ByteSource, start: number, size: number): ByteSource {
  checkRange(start, size, source.size);
  return {
    size,
    read: (position, length) => {
      checkRange(position, length, size);
      return source.read(start + position, length);
    },
    copy: (position, length) => {
      checkRange(position, length, size);
      return source.copy(start + position, length);
    },
    close: () => undefined,
  };
}

/** What is smaller is read in one go with its neighbours. */
const blockSize = 2 ** 16;
const keptBlocks = 64;

/** A file, opened for reading. @param fs Node's `node:fs` @throws LamellaError `unavailable` when it cannot be read */
export function openFile(fs: typeof NodeFiles, path: string): ByteSource {
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw cause instanceof LamellaError ? cause : unreadable(path, cause);
    }
  };
  const handle = attempt(() => fs.openSync(path, "r"));
  const { size } = attempt(() => fs.fstatSync(handle));
  const readAt = (position: number, length: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const count = attempt(() => fs.readSync(handle, bytes, done, Math.min(length - done, 2 ** 30), position + done));
      if (count === 0) throw cutOff(position + length, position + done);
      done += count;
    }
    return bytes;
  };
  const blocks = new Map<number, Uint8Array>();
  const block = (index: number): Uint8Array => {
    const known = blocks.get(index);
    if (known !== undefined) return known;
    const bytes = readAt(index * blockSize, Math.min(blockSize, size - index * blockSize));
    for (const oldest of blocks.keys()) {
      if (blocks.size < keptBlocks) break;
      blocks.delete(oldest);
    }
    blocks.set(index, bytes);
    return bytes;
  };
  return {
    size,
    read: (position, length) => {
      checkRange(position, length, size);
      const index = Math.floor(position / blockSize);
      const start = position - index * blockSize;
      if (length === 0 || start + length > blockSize) return readAt(position, length);
      return block(index).subarray(start, start + length);
    },
    copy: (position, length) => {
      checkRange(position, length, size);
      return readAt(position, length);
    },
    close: () => fs.closeSync(handle),
  };
}

function checkRange(position: number, length: number, size: number): void {
  const isWhole = Number.isSafeInteger(position) && Number.isSafeInteger(length);
  if (!isWhole || position < 0 || length < 0 || position + length > size) throw cutOff(position + length, size);
}

function cutOff(end: number, size: number): LamellaError {
  return new LamellaError("format", {
    problem: "The file is damaged or cut off.",
    expected: `at least ${end} bytes`,
    received: `${size}`,
  });
}

/** The error for a file or folder that the system does not let us read. */
export function unreadable(path: string, cause: unknown): LamellaError {
  return new LamellaError("unavailable", {
    where: path,
    problem: `It cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
    hint: "Paths are relative to the folder that the program runs in.",
    cause,
  });
}
