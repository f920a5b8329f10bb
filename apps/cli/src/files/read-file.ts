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
import { readKerasFile, readKerasStructure } from "./keras-files.ts";
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
    const format = formatOfFile(path);
    if (format === "onnx") return { kind: "graph", format, path, graph: await readOnnx(path) };
    if (format === "keras") return { kind: "layers", format, path, ...(await readKerasFile(path)) };
    return { kind: "layers", format, path, saved: await readModelFile(path), notes: [] };
  });
}

/** The architecture that a file holds: a model of which the weights are fresh, or the graph of an .onnx file. */
export type Structure = GraphFile | { readonly kind: "layers"; readonly format: FileFormat; readonly model: AnyModel };

/** Reads the architecture of a file of any format, and leaves weights where they are. @throws LamellaError that names the file */
export function readStructureOf(path: string): Promise<Structure> {
  return inFile(path, async () => {
    const format = formatOfFile(path);
    if (format === "onnx") return { kind: "graph", format, path, graph: await readOnnx(path) };
    if (format === "keras") return { kind: "layers", format, model: await readKerasStructure(path) };
    const { layers, root } = await readModelOutline(path);
    const model = modelFromData({ layers, root, weights: [] }, registry, { missingWeights: "initialize" });
    return { kind: "layers", format, model };
  });
}

async function readOnnx(path: string): Promise<PrimitiveGraph> {
  const [{ fromOnnx }, { readFile }] = await Promise.all([import("@lamella/onnx"), import("node:fs/promises")]);
  return fromOnnx(await readFile(path));
}

/** The model that a file describes. It has no methods for training. @param missingWeights what weights are that it lacks */
export function modelOf(
  { path, saved }: LayerFile,
  missingWeights: "refuse" | "initialize" = "refuse",
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
