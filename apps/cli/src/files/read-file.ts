import { readFile } from "node:fs/promises";

import { readModelFile, readModelOutline } from "@lamella/format";
import {
  type AnyModel,
  type ErrorCode,
  LamellaError,
  modelFromData,
  type PrimitiveGraph,
  type SavedModel,
} from "@lamella/ir";
import type { ImportReport } from "@lamella/keras";

import { type FileFormat, formatOfFile } from "./file-format.ts";
import { readKerasFile } from "./keras-files.ts";
import { registry } from "./registry.ts";

/** What a file of layers holds. */
export interface LayerFile {
  readonly kind: "layers";
  readonly format: Exclude<FileFormat, "onnx">;
  readonly path: string;
  readonly saved: SavedModel;
  /** What was converted or ignored on the way, a sentence each. */
  readonly notes: readonly string[];
  /** What became of each layer and its weights, for files of Keras and TensorFlow.js. */
  readonly report?: ImportReport;
}

/** What an .onnx file holds: a graph of primitives, in which layers are not to be found any more. */
interface GraphFile {
  readonly kind: "graph";
  readonly format: "onnx";
  readonly path: string;
  readonly graph: PrimitiveGraph;
}

export type OpenedFile = LayerFile | GraphFile;

/** Reads a model file of any format, weights included. @throws LamellaError that names the file */
export function readFileOf(path: string): Promise<OpenedFile> {
  return inFile(path, async () => {
    const format = await formatOfFile(path);
    if (format === "onnx") return { kind: "graph", format, path, graph: await readOnnx(path) };
    if (format === "keras") return { kind: "layers", format, path, ...(await readKerasFile(path)) };
    return { kind: "layers", format, path, saved: await readModelFile(path), notes: [] };
  });
}

/** As `readFileOf`, but without the weights where the format lets them be left where they are. */
export function readStructureOf(path: string): Promise<OpenedFile> {
  return inFile(path, async () => {
    const format = await formatOfFile(path);
    if (format !== "lamella") return readFileOf(path);
    const { layers, root } = await readModelOutline(path);
    return { kind: "layers", format, path, saved: { layers, root, weights: [] }, notes: [] };
  });
}

async function readOnnx(path: string): Promise<PrimitiveGraph> {
  const { fromOnnx } = await import("@lamella/onnx");
  return fromOnnx(await readFile(path));
}

/**
 * The model that a file describes. It has no methods for training.
 *
 * @param missingWeights what weights are that were not read; default: an error where others were
 */
export function modelOf(
  { path, saved }: LayerFile,
  missingWeights: "refuse" | "initialize" = saved.weights.length === 0 ? "initialize" : "refuse",
): Promise<AnyModel> {
  return inFile(path, async () => modelFromData(saved, registry, { missingWeights }));
}

/** Codes that say what kind of file it is, and that a reader gives; all others become `format` in a file. */
const kept: ReadonlySet<ErrorCode> = new Set(["version", "unknown-layer", "unsupported", "unavailable"]);

/** Names the file in every error. What was a bad option to a layer is a bad file here. */
async function inFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LamellaError)) throw error;
    const { problem, expected, received, hint, cause } = error;
    const named = error.where === path || error.where?.startsWith(`${path}, `) === true;
    const where = named ? error.where : [path, error.where].filter((part) => part !== undefined).join(", ");
    const code = kept.has(error.code) ? error.code : "format";
    throw new LamellaError(code, { where, problem, expected, received, hint, cause });
  }
}
