import { LamellaError } from "@lamella/ir";

import { looksLike } from "./looks-like.ts";

/** The version of a file's content. Minor versions add, major versions change; this package reads every 1.x. */
export interface FormatVersion {
  readonly major: number;
  readonly minor: number;
}

/** The version this package writes. */
export const formatVersion: FormatVersion = { major: 1, minor: 0 };

/** Bytes in the header; the FlatBuffer starts here. */
export const headerSize = 32;
/** What every tensor's offset is a multiple of. */
export const alignment = 64;

/** As PNG does it: a byte above 127, a name, and line ends that show a transfer as text. */
const magic = [0x89, 0x4c, 0x4d, 0x4c, 0x0d, 0x0a, 0x1a, 0x0a];
const headerVersion = 1;

/** Sizes in bytes, as the header has them. */
export interface Header {
  readonly flatBufferLength: number;
  readonly totalLength: number;
}

export function alignUp(size: number): number {
  return Math.ceil(size / alignment) * alignment;
}

/** Where the tensor data starts. */
export function dataStart(header: Header): number {
  return alignUp(headerSize + header.flatBufferLength);
}

export function writeHeader(header: Header): Uint8Array {
  const bytes = new Uint8Array(headerSize);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint32(8, headerVersion, true);
  view.setBigUint64(16, BigInt(header.flatBufferLength), true);
  view.setBigUint64(24, BigInt(header.totalLength), true);
  return bytes;
}

export function formatError(where: string, problem: string, expected?: string, received?: string): LamellaError {
  return new LamellaError("format", { where, problem, expected, received });
}

export function versionError(what: string, version: string, readable: string): LamellaError {
  return new LamellaError("version", {
    problem: `The file was written by lamella ${what} ${version}; this version reads up to ${readable}.`,
    hint: "Upgrade lamella.",
  });
}

/**
 * Reads and checks a header.
 *
 * @param bytes at least the first 32 bytes, or all of a shorter file.
 * @param size of the whole file.
 * @throws LamellaError `format` or `version`.
 */
export function readHeader(bytes: Uint8Array, size: number): Header {
  const start = bytes.subarray(0, magic.length);
  if (size === 0 || start.some((byte, i) => byte !== magic[i])) {
    throw new LamellaError("format", { problem: "This is not a lamella model file.", ...looksLike(bytes, size) });
  }
  if (size < headerSize) throw truncated(size, `at least ${headerSize}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerSize);
  const version = view.getUint32(8, true);
  if (version > headerVersion) throw versionError("file header", String(version), String(headerVersion));
  if (version !== headerVersion) throw formatError("byte 8", "Unknown header version.", "1", String(version));
  if (view.getUint32(12, true) !== 0) throw formatError("byte 12", "The reserved bytes of the header are not 0.");
  const flatBufferLength = Number(view.getBigUint64(16, true));
  const totalLength = Number(view.getBigUint64(24, true));
  if (size < totalLength) throw truncated(size, String(totalLength));
  if (size > totalLength)
    throw formatError("byte 24", "The file is longer than it says.", `${totalLength} bytes`, `${size}`);
  const header = { flatBufferLength, totalLength };
  if (flatBufferLength < 8 || dataStart(header) > totalLength) {
    throw formatError(
      "byte 16",
      "The FlatBuffer does not fit the file.",
      `8 to ${totalLength - headerSize} bytes`,
      `${flatBufferLength}`,
    );
  }
  if (flatBufferLength >= 2 ** 31) {
    throw formatError("byte 16", "The FlatBuffer is too large.", "less than 2 GiB", `${flatBufferLength} bytes`);
  }
  return header;
}

function truncated(size: number, expected: string): LamellaError {
  return new LamellaError("format", {
    problem: "The file is truncated.",
    expected: `${expected} bytes`,
    received: `${size} bytes`,
    hint: "Copy or download it again.",
  });
}
