import { type JsonValue, LamellaError } from "@lamella/ir";

import type { ArraySource, KerasContents } from "../contents.ts";
import { isObject, parsePythonJson } from "../json.ts";
import { type Compiled, currentCompileConfig, optimizerObject } from "../legacy/compile-config.ts";
import { h5Contents } from "../legacy/h5-contents.ts";
import { optimizerArrays } from "../legacy/optimizer-arrays.ts";
import { toKeras3 } from "../legacy/to-keras3.ts";
import { type Writer, writerOf } from "../legacy/writer.ts";
import { isTfjsJson } from "../tfjs/manifest.ts";
import { tfjsContents } from "../tfjs/tfjs-contents.ts";
import type { ByteSource } from "./byte-source.ts";
import { type Hdf5File, openHdf5 } from "./hdf5/hdf5-file.ts";
import { isHdf5 } from "./hdf5/superblock.ts";
import type { Members } from "./members.ts";
import { isNpz, openNpz } from "./npz/open-npz.ts";
import type { Opened } from "./open-source.ts";
import { isShardedWeights } from "./sharded-weights.ts";
import { type Archive, isZip, openZip } from "./zip.ts";

const weightsName = "model.weights.h5";
const npzName = "model.weights.npz";

/**
 * What a model file holds, whatever it is: a `.keras` archive, an `.h5` file, or the JSON of an architecture. Told by what it
 * begins with. Arrays are read from the source when they are asked for.
 *
 * @param beside the files beside it, which a model of TensorFlow.js keeps its weights in
 * @throws LamellaError `format` for anything but an intact model file
 */
function contentsOf(source: ByteSource, beside?: Members): KerasContents {
  const start = source.read(0, Math.min(source.size, 512));
  if (isZip(start)) return zipContents(openZip(source));
  if (isHdf5(start)) return hdf5Contents(openHdf5(source));
  const text = new TextDecoder().decode(start).trimStart();
  if (text.startsWith("{") || text.startsWith("["))
    return jsonContents(new TextDecoder().decode(source.read(0, source.size)), beside);
  throw new LamellaError("format", {
    problem: "This is no model file of Keras.",
    expected: "a .keras archive, an .h5 file or the JSON of a model",
    received: source.size === 0 ? "an empty file" : `a file that starts with the bytes ${hex(start.subarray(0, 8))}`,
  });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** What a source that was opened holds. */
export function contentsIn({ file, folder, beside }: Opened): KerasContents {
  return file === undefined ? archiveContents(folder!) : contentsOf(file, beside);
}

function zipContents(archive: Archive): KerasContents {
  if (isNpz(archive)) throw weightsAlone();
  return archiveContents(archive);
}

/** The contents of a `.keras` archive, or of the folder that one was unpacked to. */
function archiveContents(members: Members): KerasContents {
  const version = archiveVersion(members);
  const contents = modelContents(parsePythonJson(textOf(members, "config.json"), "config.json"), version);
  const { weights, optimizer } = archiveWeights(members);
  const state = optimizer === undefined ? undefined : currentOptimizer(contents, optimizer);
  const asset = (path: string) => (members.has(path) ? members.read(path) : undefined);
  return { ...contents, weights, asset, ...(state === undefined ? {} : { optimizer: state }) };
}

type Optimizer = NonNullable<KerasContents["optimizer"]>;

/** Keras 2.12 to 2.15 have the order of Keras 3 already, but no learning rate. */
function currentOptimizer({ model, kerasVersion }: KerasContents, { arrays, paths }: Optimizer): Optimizer | undefined {
  const { optimizer } = model.compile_config ?? {};
  if (writerOf(kerasVersion ?? "3").generation === 3 || !isObject(optimizer)) return { arrays, paths };
  const entries = paths.map((path, i) => ({ name: i === 0 ? "iteration" : path, path }));
  return optimizerArrays(entries, arrays, optimizer);
}

function textOf(members: Members, name: string): string {
  return new TextDecoder().decode(members.read(name));
}

function archiveVersion(members: Members): string | undefined {
  if (!members.has("metadata.json")) return undefined;
  const metadata = parsePythonJson(textOf(members, "metadata.json"), "metadata.json");
  const version = isObject(metadata) ? metadata["keras_version"] : undefined;
  return typeof version === "string" ? version : undefined;
}

/** The arrays of an archive: of the model, and of its optimizer. */
export function archiveWeights(members: Members): StructuredArrays {
  if (members.has(weightsName)) return structured(openHdf5(members.open(weightsName)).arrays);
  if (members.has(npzName)) return structured(openNpz(members.open(npzName)));
  throw new LamellaError("format", {
    problem: "The archive has no weights.",
    expected: `${weightsName} or ${npzName}`,
  });
}

type StructuredArrays = Required<Pick<KerasContents, "weights">> & Pick<KerasContents, "optimizer">;

/** The arrays of Keras 3's weight files: those of the model, and those of its optimizer, which are numbered. */
export function structured(arrays: ArraySource): StructuredArrays {
  const prefix = "optimizer/vars/";
  const numbered = (path: string) => Number(path.slice(prefix.length));
  const isOptimizers = (path: string) => path.startsWith(prefix) && Number.isSafeInteger(numbered(path));
  const paths = arrays.paths.filter(isOptimizers).toSorted((a, b) => numbered(a) - numbered(b));
  const own: ArraySource = {
    paths: arrays.paths.filter((path) => !isOptimizers(path)),
    type: (path) => arrays.type(path),
    read: (path) => arrays.read(path),
  };
  const weights = { layout: "structure", arrays: own } as const;
  return paths.length === 0 ? { weights } : { weights, optimizer: { arrays, paths } };
}

function modelContents(json: JsonValue, kerasVersion?: string): KerasContents {
  const { model, notes, writer } = toKeras3(json, kerasVersion);
  const compiled = compileConfigOf(json, writer);
  return {
    model: compiled.config === undefined ? model : { ...model, compile_config: compiled.config },
    ...(kerasVersion === undefined ? {} : { kerasVersion }),
    notes: [...notes, ...compiled.notes],
  };
}

/** How the model was compiled, in the form of Keras 3. */
function compileConfigOf(json: JsonValue, writer: Writer): Compiled {
  const config = isObject(json) ? json["compile_config"] : undefined;
  if (!isObject(config)) return { notes: [] };
  if (!("optimizer" in config) && writer.generation === 3) return { config, notes: [] };
  const optimizer = optimizerObject(config["optimizer"] ?? null, writer);
  if (writer.generation === 3) return { config: { ...config, optimizer }, notes: [] };
  return currentCompileConfig({ ...config, optimizer_config: optimizer }, writer);
}

function jsonContents(text: string, beside: Members | undefined): KerasContents {
  const json = parsePythonJson(text, "model JSON");
  if (isShardedWeights(json)) throw weightsAlone();
  if (isTfjsJson(json)) return tfjsContents(json, beside);
  const version = isObject(json) ? json["keras_version"] : undefined;
  return modelContents(json, typeof version === "string" ? version : undefined);
}

function hdf5Contents(file: Hdf5File): KerasContents {
  if (file.attribute("", "model_config") !== undefined) return h5Contents(file);
  throw weightsAlone();
}

function weightsAlone(): LamellaError {
  return new LamellaError("format", {
    problem: "The file holds weights without a model.",
    expected: "a whole model, as model.save() writes it",
    hint: "Build the model and read the weights into it with readKerasWeights, or save the model itself in Keras.",
  });
}
