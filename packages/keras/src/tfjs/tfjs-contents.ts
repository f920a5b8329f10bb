import { type JsonObject, type JsonValue, LamellaError } from "@lamella/ir";

import type { KerasContents, LayerWeights } from "../contents.ts";
import type { Members } from "../files/members.ts";
import { isList, isObject, objectAt, parsePythonJson } from "../json.ts";
import { type Compiled, currentCompileConfig } from "../legacy/compile-config.ts";
import { optimizerArrays } from "../legacy/optimizer-arrays.ts";
import { toKeras3 } from "../legacy/to-keras3.ts";
import { readManifest } from "./manifest.ts";
import { manifestArrays } from "./weight-data.ts";

/** JSON that may stand as text within JSON. */
function unquoted(value: JsonValue | undefined, where: string): JsonObject {
  return objectAt(typeof value === "string" ? parsePythonJson(value, where) : value, where);
}

/** The names of all layers that are no models, at any depth, as the file has them. */
function leafNames(model: JsonValue, names: Set<string> = new Set()): ReadonlySet<string> {
  const config = isObject(model) ? model["config"] : undefined;
  const layers = isList(config) ? config : isObject(config) ? config["layers"] : undefined;
  if (isList(layers)) for (const layer of layers) leafNames(layer, names);
  else if (isObject(config) && typeof config["name"] === "string") names.add(config["name"]);
  return names;
}

/** The layer that a weight belongs to: the longest name of a layer that its own begins with. */
function ownerOf(weight: string, layers: ReadonlySet<string>): string {
  const parts = weight.split("/");
  for (let count = parts.length - 1; count > 0; count--) {
    const name = parts.slice(0, count).join("/");
    if (layers.has(name)) return name;
  }
  const inner = parts.slice(0, -1).findLast((part) => layers.has(part));
  return inner ?? parts.slice(0, -1).join("/");
}

function refuseOthers(json: JsonObject): void {
  const { format, modelTopology: topology } = json;
  const isGraph = isObject(topology) && isList(topology["node"]);
  if (format !== "graph-model" && !isGraph) return;
  throw new LamellaError("unsupported", {
    problem: "The model is a TensorFlow graph, which knows no layers.",
    expected: "a layers-model",
    hint: "Convert the Keras model itself: tensorflowjs_converter --output_format=tfjs_layers_model.",
  });
}

/**
 * What a `model.json` of TensorFlow.js holds: a layers-model, as tfjs-layers or the converter wrote it.
 *
 * @param files the files beside it, by names that lead to nowhere else
 * @throws LamellaError `format`; `unsupported` for graph models; `unavailable` without the files that it names
 */
export function tfjsContents(json: JsonObject, files: Members | undefined): KerasContents {
  refuseOthers(json);
  const topology = unquoted(json["modelTopology"], "modelTopology");
  const { model_config: config, training_config: converted } = topology;
  const model = config === undefined ? topology : unquoted(config, "modelTopology.model_config");
  const version = topology["keras_version"] ?? model["keras_version"];
  const kerasVersion = typeof version === "string" ? version : "tfjs-layers";
  const rewritten = toKeras3(model, kerasVersion);
  const training = json["trainingConfig"] ?? converted ?? null;
  const compile: Compiled =
    training === null ? { notes: [] } : currentCompileConfig(unquoted(training, "trainingConfig"), rewritten.writer);
  const contents = {
    model: compile.config === undefined ? rewritten.model : { ...rewritten.model, compile_config: compile.config },
    kerasVersion,
    notes: [...rewritten.notes, ...compile.notes],
  };
  const manifest = readManifest(json["weightsManifest"] ?? []);
  if (manifest.weights.length === 0) return contents;
  if (files === undefined) {
    throw new LamellaError("unavailable", {
      where: "model.json",
      problem: "The weights are in other files, and only this one was given.",
      expected: manifest.groups.flat().join(", "),
      hint: "Give the path of model.json, with those files beside it.",
    });
  }
  const arrays = manifestArrays(manifest, files);
  const optimizer = compile.config?.["optimizer"];
  const own = manifest.weights.filter(({ isOptimizers }) => !isOptimizers).map(({ name }) => name);
  const place = ({ name }: { readonly name: string }) => own.indexOf(name.slice(0, name.lastIndexOf("/")));
  const slots = manifest.weights
    .filter(({ isOptimizers }) => isOptimizers)
    .map(({ name }) => ({ name, path: name }))
    .toSorted((a, b) => place(a) - place(b));
  const state = isObject(optimizer) && isKept(optimizer) ? optimizerArrays(slots, arrays, optimizer) : undefined;
  return {
    ...contents,
    weights: { layout: "lists", layers: listsOf(own, leafNames(model)), arrays },
    ...(state === undefined ? {} : { optimizer: state }),
    ...(slots.length > 0 && state === undefined
      ? { notes: [...contents.notes, "The state of the optimizer is of another form than Keras's; it was left out."] }
      : {}),
  };
}

/** Momentum of TensorFlow.js sums gradients up, that of Keras steps: what one has kept is not what the other goes on from. */
function isKept({ class_name: className, config }: JsonObject): boolean {
  return className !== "SGD" || !isObject(config) || (config["momentum"] ?? 0) === 0;
}

/** The weights of each layer, in the order of the manifest. */
function listsOf(weights: readonly string[], layers: ReadonlySet<string>): readonly LayerWeights[] {
  const lists = new Map<string, { name: string; path: string }[]>();
  for (const name of weights) {
    const owner = ownerOf(name, layers);
    lists.set(owner, [...(lists.get(owner) ?? []), { name, path: name }]);
  }
  return [...lists].map(([layer, listed]) => ({ layer, weights: listed }));
}
