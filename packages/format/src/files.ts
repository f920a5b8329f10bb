import type { FileHandle } from "node:fs/promises";

import { LamellaError, type SavedModel } from "@lamella/ir";

import { assemble, decode, readOutline, tensorAt } from "./decode.ts";
import { encodeChunks, type EncodeOptions } from "./encode.ts";
import { dataStart, formatError, headerSize, readHeader } from "./header.ts";
import { type StoredTensor, tensorsOf } from "./stored.ts";

/** Larger files are read tensor by tensor, so that no single buffer has to hold them. */
const largestWhole = 2 ** 31;
const largestRead = 2 ** 30;

/** What happened to a file, as an error that names the file. */
function failure(what: string, path: string, cause: unknown): unknown {
  if (cause instanceof LamellaError) {
    const where = cause.where === undefined ? path : `${path}, ${cause.where}`;
    const { problem, expected, received, hint } = cause;
    return new LamellaError(cause.code, { where, problem, expected, received, hint, cause });
  }
  if (!(cause instanceof Error) || !("code" in cause)) return cause;
  return new LamellaError("unavailable", {
    where: path,
    problem: `The file cannot be ${what}: ${cause.message}.`,
    cause,
  });
}

/**
 * Writes a model to a file, in Node. The model goes to a temporary file beside `path`, which replaces the old file once it
 * is complete and on the disk: whatever fails, the old file stays as it was.
 *
 * @throws LamellaError `format` for a model that breaks a rule, `unavailable` when the file cannot be written.
 */
export async function writeModelFile(path: string, model: SavedModel, options: EncodeOptions = {}): Promise<void> {
  await replaceFile(path, encodeChunks(model, options));
}

/** Writes chunks to a temporary file and puts that in the place of `path`. */
export async function replaceFile(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const { open, realpath, rename, rm, stat } = await import("node:fs/promises");
  const { default: paths } = await import("node:path");
  const target = await realpath(path).catch(() => path);
  const old = await stat(target).catch(() => undefined);
  const name = `.${paths.basename(target)}.${crypto.randomUUID()}.tmp`;
  const temporary = paths.join(paths.dirname(target), name);
  try {
    const handle = await open(temporary, "wx", old === undefined ? 0o666 : old.mode & 0o777);
    try {
      await handle.writeFile(chunks);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw failure("written", path, cause);
  }
}

/**
 * Reads a model from a file, in Node. Files of any size can be read, as long as each tensor fits into memory.
 *
 * @throws LamellaError `format` for anything but an intact model file, `version` for a file from a newer version,
 *   `unavailable` when the file cannot be read.
 */
export async function readModelFile(path: string): Promise<SavedModel> {
  const { open } = await import("node:fs/promises");
  try {
    const handle = await open(path, "r");
    try {
      return await readFrom(handle, largestWhole);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw failure("read", path, cause);
  }
}

/** Reads a model from an open file: in one piece up to `whole` bytes, else tensor by tensor. */
export async function readFrom(handle: FileHandle, whole: number): Promise<SavedModel> {
  const { size } = await handle.stat();
  const start = await readRange(handle, 0, Math.min(size, 512));
  const header = readHeader(start, size);
  if (size <= whole) return decode(await readRange(handle, 0, size));
  const outline = readOutline(await readRange(handle, headerSize, header.flatBufferLength), header);
  const loaded = new Map<StoredTensor, ArrayBuffer>();
  for (const stored of tensorsOf(outline.model)) {
    const { buffer } = await readRange(handle, dataStart(header) + stored.offset, stored.length);
    loaded.set(stored, buffer);
  }
  return assemble(outline, (stored) => tensorAt(loaded.get(stored)!, 0, stored));
}

async function readRange(handle: FileHandle, position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const step = Math.min(length - done, largestRead);
    const { bytesRead } = await handle.read(bytes, done, step, position + done);
    if (bytesRead === 0) throw formatError(`byte ${position + done}`, "The file became shorter while it was read.");
    done += bytesRead;
  }
  return bytes;
}
