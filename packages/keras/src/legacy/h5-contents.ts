import { type JsonValue, LamellaError } from "@lamella/ir";

import type { KerasContents, LayerWeights, Weights } from "../contents.ts";
import type { Hdf5File } from "../files/hdf5/hdf5-file.ts";
import { isObject, parsePythonJson } from "../json.ts";
import { type Compiled, currentCompileConfig } from "./compile-config.ts";
import { asKeras2Lists } from "./keras1-weights.ts";
import { optimizerArrays } from "./optimizer-arrays.ts";
import { toKeras3 } from "./to-keras3.ts";

/** A list of texts; long ones are cut into attributes `name0`, `name1`, ... (Keras: `load_attributes_from_hdf5_group`) */
function textsAt(file: Hdf5File, path: string, name: string): readonly string[] | undefined {
  const whole = file.attribute(path, name);
  if (whole !== undefined) return texts(whole, path, name);
  const parts: string[] = [];
  for (let i = 0; ; i++) {
    const part = file.attribute(path, `${name}${i}`);
    if (part === undefined) return i === 0 ? undefined : parts;
    parts.push(...texts(part, path, `${name}${i}`));
  }
}

function texts(value: unknown, path: string, name: string): readonly string[] {
  const list: readonly unknown[] = ArrayBuffer.isView(value) ? [] : Array.isArray(value) ? value : [value];
  if (list.every((item) => typeof item === "string")) return list;
  throw new LamellaError("format", {
    where: path === "" ? "the file" : path,
    problem: `The attribute '${name}' is no list of names.`,
  });
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("/");
}

/** Whether a file has weights in the way of Keras 1 and 2, in a group or at its root. */
export function hasWeightLists(file: Hdf5File, group: string): boolean {
  return textsAt(file, group, "layer_names") !== undefined;
}

/**
 * The weights in a legacy file: a list for each layer. (Keras: legacy_h5_format.py)
 *
 * @param group `model_weights` in files of whole models, "" in files of weights alone
 * @throws LamellaError `format`
 */
export function readWeightLists(file: Hdf5File, group: string): Extract<Weights, { readonly layout: "lists" }> {
  const names = textsAt(file, group, "layer_names");
  if (names === undefined) {
    throw new LamellaError("format", {
      where: group === "" ? "the file" : group,
      problem: "The weights are not in the order of a model.",
      expected: "an attribute 'layer_names'",
    });
  }
  const layers = names.map((layer): LayerWeights => {
    const at = join(group, layer);
    const weights = (textsAt(file, at, "weight_names") ?? []).map((name) => ({ name, path: join(at, name) }));
    for (const { path } of weights) {
      if (file.has(path)) continue;
      throw new LamellaError("format", { where: layer, problem: `The file has no array '${path}', which it lists.` });
    }
    return { layer, weights };
  });
  return { layout: "lists", layers, arrays: file.arrays };
}

function textAttribute(file: Hdf5File, path: string, name: string): string | undefined {
  const value = file.attribute(path, name);
  return typeof value === "string" ? value : undefined;
}

/** The version of Keras that wrote the weights in a group; Keras 1 did not say. */
export function versionOfLists(file: Hdf5File, group: string): string {
  return textAttribute(file, group, "keras_version") ?? textAttribute(file, "", "keras_version") ?? "1";
}

function backendOfLists(file: Hdf5File, group: string): string | undefined {
  return textAttribute(file, group, "backend") ?? textAttribute(file, "", "backend");
}

/**
 * What an h5 file of a whole model holds: Keras 1, 2, tf.keras, and Keras 3 where it was asked for `.h5`.
 *
 * @throws LamellaError `format` where the file holds no model; what {@link toKeras3} throws
 */
export function h5Contents(file: Hdf5File): KerasContents {
  const config = textAttribute(file, "", "model_config");
  if (config === undefined) {
    throw new LamellaError("format", { problem: "The file holds no model.", expected: "an attribute 'model_config'" });
  }
  const kerasVersion = versionOfLists(file, "model_weights");
  const { model, notes, writer } = toKeras3(parsePythonJson(config, "model_config"), kerasVersion);
  const training = textAttribute(file, "", "training_config");
  const compile: Compiled =
    training === undefined ? { notes: [] } : currentCompileConfig(parsePythonJson(training, "training_config"), writer);
  const optimizer = optimizerOf(file, compile.config?.["optimizer"]);
  const isLeftOut = optimizer === undefined && textsAt(file, "optimizer_weights", "weight_names") !== undefined;
  return {
    model: compile.config === undefined ? model : { ...model, compile_config: compile.config },
    kerasVersion,
    weights: asKeras2Lists(readWeightLists(file, "model_weights"), model, {
      generation: writer.generation,
      backend: backendOfLists(file, "model_weights"),
    }),
    ...(optimizer === undefined ? {} : { optimizer }),
    notes: [...notes, ...compile.notes, ...(isLeftOut ? [leftOut] : [])],
  };
}

const leftOut = "The state of the optimizer is of a form that Keras 3 does not have; it was left out.";

function optimizerOf(file: Hdf5File, optimizer: JsonValue | undefined): KerasContents["optimizer"] {
  const names = textsAt(file, "optimizer_weights", "weight_names");
  if (names === undefined || !isObject(optimizer)) return undefined;
  const entries = names.map((name) => ({ name, path: join("optimizer_weights", name) }));
  return entries.every(({ path }) => file.has(path)) ? optimizerArrays(entries, file.arrays, optimizer) : undefined;
}
