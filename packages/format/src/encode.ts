import { LamellaError, type SavedModel, type Tensor } from "@lamella/ir";

import { checkModel } from "./check-model.ts";
import { alignUp, dataStart, headerSize, writeHeader } from "./header.ts";
import { checkData, layOut, tensorsOf } from "./stored.ts";
import { writeModel } from "./write-model.ts";

export interface EncodeOptions {
  /** The program that writes the file, such as `lamella 0.1.0`. */
  readonly producer?: string;
}

/** The chunks that an encoded model consists of, and their length together. The tensors' own memory is among them. */
interface Encoded {
  readonly length: number;
  readonly chunks: readonly Uint8Array[];
}

function bytesOf(tensor: Tensor): Uint8Array {
  const { data } = tensor;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function writeFlatBuffer(model: SavedModel, offsets: readonly number[], options: EncodeOptions): Uint8Array {
  try {
    return writeModel(model, offsets, options.producer ?? "lamella");
  } catch (cause) {
    if (!(cause instanceof Error && /Cannot grow|Invalid typed array length|allocation failed/.test(cause.message)))
      throw cause;
    throw new LamellaError("unsupported", {
      problem: "The model's graph and configuration are too large for a FlatBuffer.",
      cause,
    });
  }
}

function encodeParts(model: SavedModel, options: EncodeOptions): Encoded {
  checkModel(model);
  const tensors = tensorsOf(model);
  for (const [i, tensor] of tensors.entries()) checkData(tensor, `tensor ${i}`);
  const { offsets, length: dataLength } = layOut(tensors);
  const flatBuffer = writeFlatBuffer(model, offsets, options);
  const sizes = { flatBufferLength: flatBuffer.length, totalLength: 0 };
  const length = dataStart(sizes) + dataLength;
  const chunks = [writeHeader({ ...sizes, totalLength: length }), flatBuffer];
  const padTo = (end: number) => {
    const padding = alignUp(end) - end;
    if (padding > 0) chunks.push(new Uint8Array(padding));
  };
  padTo(headerSize + flatBuffer.length);
  for (const tensor of tensors) {
    if (tensor.byteLength > 0) chunks.push(bytesOf(tensor));
    padTo(tensor.byteLength);
  }
  return { length, chunks };
}

/**
 * Encodes a model as a sequence of chunks, in order, without a copy of its tensors: their memory must not change until
 * the last chunk has been used.
 *
 * @throws LamellaError `format` for a model that breaks a rule, before there is any chunk.
 */
export function encodeChunks(model: SavedModel, options: EncodeOptions = {}): Iterable<Uint8Array> {
  return encodeParts(model, options).chunks;
}

/**
 * Encodes a model as the bytes of a model file.
 *
 * @throws LamellaError `format` for a model that breaks a rule, `unsupported` for one that does not fit a buffer.
 */
export function encode(model: SavedModel, options: EncodeOptions = {}): Uint8Array<ArrayBuffer> {
  const { length, chunks } = encodeParts(model, options);
  const bytes = allocateFile(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function allocateFile(length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new LamellaError("unsupported", {
      problem: `The model does not fit into one buffer of ${length} bytes.`,
      hint: "Write it with writeModelFile or encodeChunks.",
      cause,
    });
  }
}
