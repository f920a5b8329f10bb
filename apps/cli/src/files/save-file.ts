import { encodeChunks, replaceFile } from "@lamella/format";
import { LamellaError, type SavedModel } from "@lamella/ir";

import { formatOfName, knownFormats } from "./file-format.ts";
import { writeKerasFile } from "./keras-files.ts";
import { modelOf } from "./read-file.ts";
import { writeAside } from "./write-aside.ts";

export interface SaveOptions {
  /** Version of the ONNX operator set, for .onnx files. */
  readonly opset?: number | undefined;
}

/**
 * Writes a model in the format that the name says. Gives what was put in other words, a sentence each.
 *
 * @throws LamellaError `config` for a name that says no format
 */
export async function saveFile(
  path: string,
  saved: SavedModel,
  { opset }: SaveOptions = {},
): Promise<readonly string[]> {
  checkOutName(path);
  const format = formatOfName(path);
  if (opset !== undefined && format !== "onnx") {
    throw new LamellaError("config", { where: "--opset", problem: "Only .onnx files have an opset.", received: path });
  }
  if (format === "keras") return writeAside(path, (aside) => writeKerasFile(aside, saved));
  await writeOut(path, format === "onnx" ? [await encodeOnnx(path, saved, opset)] : encodeChunks(saved));
  return [];
}

/** Refuses names that say no format, before any work is done. */
export function checkOutName(path: string): void {
  if (formatOfName(path) !== undefined) return;
  throw new LamellaError("config", {
    where: path,
    problem: "The name of the file does not say its format.",
    expected: `a name that ends in ${knownFormats}`,
  });
}

async function encodeOnnx(path: string, saved: SavedModel, opset: number | undefined): Promise<Uint8Array> {
  const { onnxBytes } = await import("lamella");
  const model = await modelOf({ kind: "layers", format: "lamella", path, saved, notes: [] });
  return onnxBytes(model, opset === undefined ? {} : { opset });
}

/** Writes chunks to a file, all or nothing: Ctrl-C leaves what was there before. */
export async function writeOut(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    await replaceFile(path, chunks, { signal: controller.signal });
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}
