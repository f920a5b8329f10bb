import type { AnyModel } from "@lamella/ir";
import { LamellaError } from "@lamella/ir";

import { Notes } from "../config/notes.ts";
import type { Weights } from "../contents.ts";
import { parsePythonJson } from "../json.ts";
import { hasWeightLists, readWeightLists, versionOfLists } from "../legacy/h5-contents.ts";
import { fillVariables } from "../weights/fill-variables.ts";
import type { ByteSource } from "./byte-source.ts";
import { type Hdf5File, openHdf5 } from "./hdf5/hdf5-file.ts";
import { isHdf5 } from "./hdf5/superblock.ts";
import { arraysIn, isNpz } from "./npz/open-npz.ts";
import { type KerasSource, type Opened, readingFrom } from "./open-source.ts";
import { archiveWeights, structured } from "./read-contents.ts";
import { isShardedWeights, shardedArrays } from "./sharded-weights.ts";
import { isZip, openZip } from "./zip.ts";

export interface ReadWeightsOptions {
  /** Whether arrays and weights without a counterpart are an error, or reported. Default true. */
  readonly strict?: boolean;
}

/** What became of a file of weights. */
export interface WeightsReport {
  /** The weights that were set, by their paths in the model, with the arrays they came from. */
  readonly filled: ReadonlyMap<string, string>;
  /** What was left out, a sentence each. */
  readonly ignored: readonly string[];
}

/**
 * Sets the weights of a model from a file: `.weights.h5` of Keras 2.12 and later, `.weights.json` with its shards, `model.weights.npz` out of
 * a `.keras` archive, a file of weights of Keras 1 and 2, or the weights of a whole model in `.keras` or `.h5`. Weights of Keras 3 are matched by where their layers stand in the model, those
 * of older files by the names of the layers.
 *
 * @throws LamellaError `shape`; `data` that names what is left over on either side, when strict; `format` for anything but an
 *   intact file
 */
export async function readKerasWeights(
  source: KerasSource,
  model: AnyModel,
  options: ReadWeightsOptions = {},
): Promise<WeightsReport> {
  return readingFrom(source, (opened) => {
    const { weights, kerasVersion } = weightsIn(opened);
    const notes = new Notes(options.strict ?? true);
    const filled = fillVariables(model, weights, notes, kerasVersion);
    const paths = [...filled].map(([variable, path]) => [variable.path, path] as const);
    return { filled: new Map(paths), ignored: notes.ignored };
  });
}

interface FoundWeights {
  readonly weights: Weights;
  readonly kerasVersion?: string;
}

function weightsIn({ file, folder, beside }: Opened): FoundWeights {
  if (file === undefined) return archiveWeights(folder!);
  const start = file.read(0, Math.min(file.size, 8));
  if (isZip(start)) return zipWeights(file);
  if (isHdf5(start)) return hdf5Weights(openHdf5(file));
  const json = start[0] === braceCode ? parsePythonJson(textOf(file), "weights") : null;
  if (isShardedWeights(json)) return { weights: structured(shardedArrays(json, beside)).weights };
  throw new LamellaError("format", {
    problem: "This is no file of weights.",
    expected: "a .weights.h5, .weights.json, .h5 or .keras file",
    hint: "The weights of TensorFlow.js are read with their model: readKeras('model.json').",
  });
}

function zipWeights(file: ByteSource): FoundWeights {
  const archive = openZip(file);
  return isNpz(archive) ? { weights: structured(arraysIn(archive, file.size)).weights } : archiveWeights(archive);
}

const braceCode = 0x7b;

function textOf(file: ByteSource): string {
  return new TextDecoder().decode(file.read(0, file.size));
}

function hdf5Weights(file: Hdf5File): FoundWeights {
  for (const group of ["model_weights", ""]) {
    if (!hasWeightLists(file, group)) continue;
    return { weights: readWeightLists(file, group), kerasVersion: versionOfLists(file, group) };
  }
  return { weights: structured(file.arrays).weights };
}
