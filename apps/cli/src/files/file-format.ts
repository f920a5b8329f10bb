import { basename } from "node:path";

import { LamellaError } from "@lamella/ir";

// `import` would load all of it, and node:fs/promises, too, which takes longer than what is done here.
const { closeSync, openSync, readSync, statSync } = process.getBuiltinModule("node:fs");

/** What reads or writes a file: lamella itself, ONNX, or @lamella/keras, which tells its own formats apart. */
export type FileFormat = "lamella" | "onnx" | "keras";

const endings: readonly (readonly [ending: string, format: FileFormat])[] = [
  [".lamella", "lamella"],
  [".onnx", "onnx"],
  [".keras", "keras"],
  [".h5", "keras"],
  [".hdf5", "keras"],
  [".json", "keras"],
];

/** The formats that are known, for messages. */
export const knownFormats = ".lamella, .keras, .h5, model.json (TensorFlow.js) or .onnx";

/** The format that a file's name says; undefined where it says none. */
export function formatOfName(path: string): FileFormat | undefined {
  const name = basename(path).toLowerCase();
  return endings.find(([ending]) => name.endsWith(ending))?.[1];
}

/** The format of a file that is there: by its content, then by its name. @throws LamellaError `format` */
export function formatOfFile(path: string): FileFormat {
  if (statSync(path).isDirectory()) return "keras";
  const format = formatOfContent(readStart(path)) ?? formatOfName(path);
  if (format !== undefined) return format;
  throw new LamellaError("format", {
    where: path,
    problem: "This is no model file, by its content or by its name.",
    expected: knownFormats,
  });
}

function readStart(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(512);
    return bytes.subarray(0, readSync(file, bytes, 0, 512, 0));
  } finally {
    closeSync(file);
  }
}

function formatOfContent(bytes: Buffer): FileFormat | undefined {
  const text = bytes.toString("latin1");
  if (text.startsWith("\x89LML")) return "lamella";
  if (text.startsWith("\x89HDF") || text.startsWith("PK\x03\x04") || /^\s*\{/.test(text)) return "keras";
  // ModelProto: ir_version as a varint, then the producer's name or version, the graph or the opsets.
  const isOnnx = bytes[0] === 0x08 && bytes[1]! < 32 && [0x12, 0x1a, 0x3a, 0x42].includes(bytes[2] ?? 0);
  return isOnnx ? "onnx" : undefined;
}
