import {
  type AnyModel,
  LamellaError,
  modelFromData,
  type Registry,
  type SavedModel,
  type SavedTraining,
  type Tensor,
} from "@lamella/ir";

import { contentsFromModel } from "../contents-from-model.ts";
import type { KerasContents } from "../contents.ts";
import { pythonJson } from "../json.ts";
import { encodeTfjs } from "../tfjs/encode-tfjs.ts";
import { writeHdf5 } from "./hdf5/write-hdf5.ts";
import { writeFile } from "./write-file.ts";
import { writeZip } from "./write-zip.ts";

/** What can be written to one file: a whole model in an archive, or its weights alone. */
export type KerasFormat = "keras" | "weights.h5";

export interface WriteKerasOptions {
  /** The layer and model types that plain data may name. Needed for plain data only. */
  readonly registry?: Registry;
  /** Whether what Keras does not have is an error, or left out and reported. Default true. */
  readonly strict?: boolean;
}

export interface WrittenKeras {
  /** What was put in other words or left out, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Writes a model to a file that Keras 3 loads without any code, in Node: a `.keras` archive with architecture, weights and
 * training state, or the weights alone where the name ends in `.weights.h5`. A name that ends in `.json` makes a layers-model of
 * TensorFlow.js, with its weights in files beside it. Whatever fails, an old file stays as it was.
 *
 * @throws LamellaError `name` for other endings, `unsupported` for what Keras does not have, `unavailable` when the file
 *   cannot be written
 */
export async function writeKeras(
  path: string,
  model: AnyModel | SavedModel,
  options: WriteKerasOptions = {},
): Promise<WrittenKeras> {
  if (path.endsWith(".json")) return writeTfjs(path, model, options);
  const { pieces, notes } = await encoded(model, formatOf(path), options);
  await writeFile(path, pieces);
  return { notes };
}

/** The weights are written first: a `model.json` never names files that are not there yet. */
async function writeTfjs(
  path: string,
  given: AnyModel | SavedModel,
  options: WriteKerasOptions,
): Promise<WrittenKeras> {
  const { model, training } = liveModel(given, options);
  const { default: paths } = await import("node:path");
  const name = paths.basename(path);
  const { files, notes } = await encodeTfjs(model, { name, ...(training === undefined ? {} : { training }) });
  const inOrder = [...files].toSorted(([a], [b]) => Number(a === name) - Number(b === name));
  for (const [file, bytes] of inOrder) await writeFile(paths.join(paths.dirname(path), file), [bytes]);
  return { notes };
}

/** A model, and how it was trained where plain data say so. */
function liveModel(
  given: AnyModel | SavedModel,
  { registry }: WriteKerasOptions,
): { readonly model: AnyModel; readonly training?: SavedTraining | undefined } {
  if (!("root" in given)) return { model: given };
  if (registry !== undefined) return { model: modelFromData(given, registry), training: given.training };
  throw new LamellaError("config", {
    problem: "A model that is plain data is written with the types it is made of.",
    expected: "{ registry: { layers, models } }",
  });
}

/** The bytes of the file that {@link writeKeras} writes. */
export async function encodeKeras(
  model: AnyModel | SavedModel,
  format: KerasFormat = "keras",
  options: WriteKerasOptions = {},
): Promise<Uint8Array> {
  const { pieces } = await encoded(model, format, options);
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function formatOf(path: string): KerasFormat {
  if (path.endsWith(".weights.h5")) return "weights.h5";
  if (path.endsWith(".keras")) return "keras";
  throw new LamellaError("name", {
    where: path,
    problem: "The name does not tell what to write.",
    expected: "a name that ends in .keras, .weights.h5 or .json",
    hint: path.endsWith(".h5") ? "Keras 3 reads .keras files; .h5 is what older versions wrote." : undefined,
  });
}

interface Encoded extends WrittenKeras {
  readonly pieces: readonly Uint8Array[];
}

async function encoded(
  given: AnyModel | SavedModel,
  format: KerasFormat,
  options: WriteKerasOptions,
): Promise<Encoded> {
  const { strict = true } = options;
  const { model, training: trained } = liveModel(given, options);
  const training = format === "keras" ? trained : undefined;
  const contents = await contentsFromModel(model, { strict, ...(training === undefined ? {} : { training }) });
  const weights = writeHdf5({ arrays: arraysIn(contents) });
  if (format === "weights.h5") return { pieces: weights, notes: contents.notes };
  const { model: config, kerasVersion, notes } = contents;
  const metadata = { keras_version: kerasVersion, date_saved: timestamp(new Date()) };
  const json = (value: unknown) => [new TextEncoder().encode(pythonJson(value))];
  const pieces = writeZip([
    ["metadata.json", json(metadata)],
    ["config.json", json(config)],
    ["model.weights.h5", weights],
  ]);
  return { pieces, notes };
}

/** As Keras writes it: 2025-03-01@12:30:00, in world time. */
function timestamp(date: Date): string {
  return date.toISOString().slice(0, 19).replace("T", "@");
}

function arraysIn({ weights, optimizer }: KerasContents): (readonly [path: string, tensor: Tensor])[] {
  const arrays = weights?.arrays;
  return [
    ...(arrays?.paths ?? []).map((path) => [path, arrays!.read(path)] as const),
    ...(optimizer?.paths ?? []).map((path, i) => [`optimizer/vars/${i}`, optimizer!.arrays.read(path)] as const),
  ];
}
