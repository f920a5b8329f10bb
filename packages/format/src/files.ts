import type { FileHandle } from "node:fs/promises";

import { LamellaError, type SavedLayer, type SavedModel } from "@lamella/ir";

import { assemble, decode, type Outline, readOutline, tensorAt } from "./decode.ts";
import { encodeChunks, type EncodeOptions } from "./encode.ts";
import { dataStart, formatError, type Header, headerSize, readHeader } from "./header.ts";
import { migrate } from "./migrate.ts";
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

export interface WriteOptions {
  /** Stops the writing: what was there before stays. */
  readonly signal?: AbortSignal;
}

/**
 * Writes a model to a file, in Node. The model goes to a temporary file beside `path`, which replaces the old file once it
 * is complete and on the disk: whatever fails, the old file stays as it was.
 *
 * @throws LamellaError `format` for a model that breaks a rule, `unavailable` when the file cannot be written, `aborted`.
 */
export async function writeModelFile(
  path: string,
  model: SavedModel,
  options: EncodeOptions & WriteOptions = {},
): Promise<void> {
  await replaceFile(path, encodeChunks(model, options), options);
}

/** Writes chunks to a temporary file and puts that in the place of `path`. @throws LamellaError `unavailable`, `aborted` */
export async function replaceFile(
  path: string,
  chunks: Iterable<Uint8Array>,
  { signal }: WriteOptions = {},
): Promise<void> {
  const { open, realpath, rename, rm, stat } = await import("node:fs/promises");
  const { default: paths } = await import("node:path");
  const target = await realpath(path).catch(() => path);
  const old = await stat(target).catch(() => undefined);
  const name = `.${paths.basename(target)}.${crypto.randomUUID()}.tmp`;
  const temporary = paths.join(paths.dirname(target), name);
  try {
    const handle = await open(temporary, "wx", old === undefined ? 0o666 : old.mode & 0o777);
    try {
      await handle.writeFile(chunks, signal === undefined ? {} : { signal });
      await handle.sync();
    } finally {
      await handle.close();
    }
    signal?.throwIfAborted();
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (signal?.aborted === true) {
      throw new LamellaError("aborted", { where: path, problem: "The file was not written.", cause });
    }
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

/** What a file holds beside numbers: all of it but the values of weights and of training state. */
export interface ModelOutline {
  readonly layers: readonly SavedLayer[];
  readonly root: number;
  readonly weights: readonly OutlinedWeight[];
  /** Bytes of the whole file. */
  readonly fileSize: number;
}

/** A weight without its value. */
export type OutlinedWeight = Omit<SavedModel["weights"][number], "tensor"> & Pick<StoredTensor, "dtype" | "shape">;

/**
 * Reads what a model file holds beside numbers, in Node: the time it takes does not depend on the size of the weights.
 *
 * @throws LamellaError as `readModelFile` does; what is wrong with the values of weights does not show
 */
export async function readModelOutline(path: string): Promise<ModelOutline> {
  // Little is read, and in less time than node:fs/promises takes to load.
  const { closeSync, fstatSync, openSync, readSync } = process.getBuiltinModule("node:fs");
  try {
    const file = openSync(path, "r");
    try {
      const read = (bytes: Uint8Array, position: number) => readSync(file, bytes, 0, bytes.length, position);
      const { header, outline } = await outlineOf({ size: fstatSync(file).size, read });
      return { ...withoutValues(outline), fileSize: header.totalLength };
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw failure("read", path, cause);
  }
}

function withoutValues({ model, version }: Outline): Omit<ModelOutline, "fileSize"> {
  const { layers, root } = migrate({ layers: model.layers, root: model.root, weights: [] }, version);
  const weights = model.weights.map(({ layer, name, tensor: { dtype, shape } }) => ({ layer, name, dtype, shape }));
  return { layers, root, weights };
}

/** An open file. */
interface Source {
  readonly size: number;
  /** Reads from a position on, and gives how many bytes that were. */
  read(bytes: Uint8Array, position: number): number | Promise<number>;
}

/** Reads a model from an open file: in one piece up to `whole` bytes, else tensor by tensor. */
export async function readFrom(handle: FileHandle, whole: number): Promise<SavedModel> {
  const read = async (bytes: Uint8Array, position: number) =>
    (await handle.read(bytes, 0, bytes.length, position)).bytesRead;
  const source = { size: (await handle.stat()).size, read };
  const header = await headerOf(source);
  if (source.size <= whole) return decode(await readRange(source, 0, source.size));
  const { outline } = await outlineOf(source, header);
  const loaded = new Map<StoredTensor, ArrayBuffer>();
  for (const stored of tensorsOf(outline.model)) {
    const { buffer } = await readRange(source, dataStart(header) + stored.offset, stored.length);
    loaded.set(stored, buffer);
  }
  return assemble(outline, (stored) => tensorAt(loaded.get(stored)!, 0, stored));
}

async function headerOf(source: Source): Promise<Header> {
  return readHeader(await readRange(source, 0, Math.min(source.size, 512)), source.size);
}

async function outlineOf(source: Source, known?: Header): Promise<{ header: Header; outline: Outline }> {
  const header = known ?? (await headerOf(source));
  return { header, outline: readOutline(await readRange(source, headerSize, header.flatBufferLength), header) };
}

async function readRange(source: Source, position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const step = Math.min(length - done, largestRead);
    const count = await source.read(bytes.subarray(done, done + step), position + done);
    if (count === 0) throw formatError(`byte ${position + done}`, "The file became shorter while it was read.");
    done += count;
  }
  return bytes;
}
