import { byteSize, type SavedModel, sizeOf, Tensor, viewOf } from "@lamella/ir";

import { checkModel } from "./check-model.ts";
import {
  alignment,
  dataStart,
  type FormatVersion,
  formatError,
  type Header,
  headerSize,
  readHeader,
} from "./header.ts";
import { migrate } from "./migrate.ts";
import { readFlatBuffer } from "./read-flat-buffer.ts";
import { readModel } from "./read-model.ts";
import { checkData, checkRank, mapTensors, type ModelOf, type StoredTensor, tensorsOf } from "./stored.ts";

/** All of a file but its tensors' bytes, checked. */
export interface Outline {
  readonly version: FormatVersion;
  readonly model: ModelOf<StoredTensor>;
}

/** Verifies and reads a file's FlatBuffer. Every tensor in the result lies within the file. */
export function readOutline(flatBuffer: Uint8Array, header: Header): Outline {
  const outline = readModel(readFlatBuffer(flatBuffer, headerSize));
  checkModel(outline.model);
  const available = header.totalLength - dataStart(header);
  for (const [i, tensor] of tensorsOf(outline.model).entries()) checkStored(tensor, available, `tensor ${i}`);
  return outline;
}

function checkStored({ dtype, shape, offset, length }: StoredTensor, available: number, where: string): void {
  checkRank(shape, where);
  const expected = sizeOf(shape) * byteSize(dtype);
  if (length !== expected) {
    throw formatError(
      where,
      `The length does not fit ${dtype} [${shape.join(", ")}].`,
      `${expected} bytes`,
      `${length} bytes`,
    );
  }
  if (offset % alignment !== 0) throw formatError(where, `The offset ${offset} is not a multiple of ${alignment}.`);
  if (offset + length > available) {
    throw formatError(where, "The data lies outside the file.", `at most ${available} bytes`, `${offset} + ${length}`);
  }
}

/** The model of an outline, once its tensors are there. */
export function assemble(outline: Outline, load: (stored: StoredTensor) => Tensor): SavedModel {
  const model = mapTensors(outline.model, load);
  const migrated = migrate(model, outline.version);
  if (migrated !== model) checkModel(migrated);
  return migrated;
}

/** A tensor over existing memory; copied only where that is not aligned to the element size. */
export function tensorAt(
  buffer: ArrayBufferLike,
  start: number,
  { dtype, shape, offset, length }: StoredTensor,
): Tensor {
  const aligned = start % byteSize(dtype) === 0;
  const memory = aligned ? buffer : buffer.slice(start, start + length);
  const tensor = new Tensor(dtype, shape, viewOf(dtype, memory, aligned ? start : 0, sizeOf(shape)));
  checkData(tensor, `tensor data, offset ${offset}`);
  return tensor;
}

/**
 * Decodes the bytes of a model file. The tensors are views of these bytes, which must not change afterwards; where the
 * memory is not aligned to the element size they are copies.
 *
 * @throws LamellaError `format` for anything but an intact model file, `version` for a file from a newer version.
 */
export function decode(bytes: Uint8Array | ArrayBuffer): SavedModel {
  const file = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const header = readHeader(file, file.length);
  const outline = readOutline(file.subarray(headerSize, headerSize + header.flatBufferLength), header);
  const start = file.byteOffset + dataStart(header);
  return assemble(outline, (stored) => tensorAt(file.buffer, start + stored.offset, stored));
}
