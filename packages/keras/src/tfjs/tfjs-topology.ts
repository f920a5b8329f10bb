import { type JsonObject, type JsonValue, LamellaError } from "@lamella/ir";

import type { KerasObject } from "../contents.ts";
import { isList, isObject, listAt, objectAt, textAt } from "../json.ts";
import { freeName } from "../legacy/hard-sigmoid.ts";
import { hardSigmoidScale } from "../legacy/writer.ts";
import { isOperation, operationAsLayer } from "./operation-as-layer.ts";
import { isTfjsLayer, tfjsConfig } from "./tfjs-layers.ts";

/** A layer in the form of Keras 2, without what it is called on. */
interface OldLayer {
  readonly class_name: string;
  readonly config: JsonObject;
}

const models = new Set(["Functional", "Sequential"]);

const classOf = (object: JsonObject): string => textAt(object["class_name"], "class_name");
const nameIn = (object: JsonObject): string => textAt(objectAt(object["config"], classOf(object))["name"], "name");

/** Names everything in a model that tfjs-layers does not have. */
function missingIn(object: JsonObject, missing: Map<string, string>): void {
  const className = classOf(object);
  const config = objectAt(object["config"], className);
  if (models.has(className)) {
    for (const layer of listAt(config["layers"], className)) missingIn(objectAt(layer, className), missing);
    return;
  }
  if (isOperation(object) || !isTfjsLayer(className)) missing.set(className, nameIn(object));
  for (const inner of [config["layer"], config["cell"], ...(isList(config["cells"]) ? config["cells"] : [])]) {
    if (isObject(inner)) missingIn(inner, missing);
  }
}

/**
 * The architecture of a model as tfjs-layers 4.22 reads it: the form of Keras 2, without anything that it would not compute as
 * Keras 3 does. hard_sigmoid is steeper there, which a division by 1.2 makes up for: of weights, or before an activation.
 *
 * @throws LamellaError `unsupported` that names all layers that tfjs-layers lacks, or an option that it does not know
 */
export function tfjsTopology(model: KerasObject): JsonObject {
  const object = withoutOperations(model as unknown as JsonObject);
  const missing = new Map<string, string>();
  missingIn(object, missing);
  if (missing.size > 0) {
    const list = [...missing].map(([className, name]) => `${className} ('${name}')`).join(", ");
    throw new LamellaError("unsupported", {
      problem: `TensorFlow.js has no layers that do the same as: ${list}.`,
      hint: "Write an .onnx file, or run the model with lamella's own backend for TensorFlow.js.",
    });
  }
  return layerOf(object) as unknown as JsonObject;
}

/** A model with layers in the place of operations, as far as there are any. */
function withoutOperations(object: JsonObject): JsonObject {
  const className = classOf(object);
  if (!models.has(className)) return operationAsLayer(object);
  const config = objectAt(object["config"], className);
  const layers = listAt(config["layers"], className).map((layer) => withoutOperations(objectAt(layer, className)));
  return { ...object, config: { ...config, layers } };
}

function layerOf(object: JsonObject): OldLayer {
  const className = classOf(object);
  const config = objectAt(object["config"], className);
  if (className === "Functional") return { class_name: "Model", config: functionalConfig(config) };
  if (className === "Sequential") return { class_name: className, config: sequentialConfig(config) };
  const within = Object.entries(config).map(([key, value]): [string, JsonValue] => {
    if ((key === "layer" || key === "cell") && isObject(value)) return [key, { ...layerOf(value) }];
    if (key !== "cells" || !isList(value)) return [key, value];
    return [key, value.map((cell) => ({ ...layerOf(objectAt(cell, className)) }))];
  });
  return { class_name: className, config: tfjsConfig(className, Object.fromEntries(within), nameIn(object)) };
}

function isHardSigmoid({ class_name: className, config }: OldLayer): boolean {
  return className === "Activation" && config["activation"] === "hard_sigmoid";
}

/** What an activation by hard_sigmoid has in front of it. */
function scaleFor(activation: string, taken: ReadonlySet<string>): OldLayer {
  const name = freeName(`${activation}_scale`, taken);
  return { class_name: "Rescaling", config: { name, scale: 1 / hardSigmoidScale, offset: 0 } };
}

function sequentialConfig(config: JsonObject): JsonObject {
  const name = textAt(config["name"], "Sequential");
  const entries = listAt(config["layers"], name).map((entry) => objectAt(entry, name));
  const taken = new Set(entries.map(nameIn));
  const layers = entries.flatMap((entry): OldLayer[] => {
    const layer = layerOf(entry);
    return isHardSigmoid(layer) ? [scaleFor(textAt(layer.config["name"], name), taken), layer] : [layer];
  });
  return { name, layers: layers as unknown as JsonValue };
}

function functionalConfig(config: JsonObject): JsonObject {
  const name = textAt(config["name"], "Functional");
  const entries = listAt(config["layers"], name).map((entry) => objectAt(entry, name));
  /** A model knows a node of its own before it is called. */
  const first = new Map(entries.map((entry) => [nameIn(entry), models.has(classOf(entry)) ? 1 : 0]));
  const kinds = new Map(entries.map((entry) => [nameIn(entry), classOf(entry)]));
  const tensor = (history: JsonValue, kwargs: JsonObject): JsonValue => {
    const [layer, call, output] = listAt(history, name);
    return [textAt(layer, name), Number(call) + (first.get(textAt(layer, name)) ?? 0), output!, kwargs];
  };
  const ends = (value: JsonValue | undefined): JsonValue => {
    const list = listAt(value, name);
    const all = typeof list[0] === "string" ? [list] : list;
    return all.map((end) => {
      const [layer, call, output] = listAt(end, name);
      const isCounted = kinds.get(textAt(layer, name)) === "Sequential";
      return [textAt(layer, name), Number(call) + (isCounted ? 1 : 0), output!];
    });
  };
  const layers = entries.flatMap((entry): JsonObject[] => {
    const layer = layerOf(entry);
    const own = nameIn(entry);
    const nodes = listAt(entry["inbound_nodes"] ?? [], own).map((node) => callOf(objectAt(node, own), own, tensor));
    const object = { ...layer, name: own, inbound_nodes: nodes };
    if (!isHardSigmoid(layer)) return [object];
    const scale = scaleFor(own, new Set(first.keys()));
    const scaleName = textAt(scale.config["name"], own);
    return [
      { ...scale, name: scaleName, inbound_nodes: nodes },
      { ...object, inbound_nodes: nodes.map((_, i) => [[scaleName, i, 0, {}]]) },
    ];
  });
  return { name, layers, input_layers: ends(config["input_layers"]), output_layers: ends(config["output_layers"]) };
}

/** A call of Keras 3 as that of Keras 2: all tensors in one list, other arguments behind each of them. */
function callOf(
  { args, kwargs }: JsonObject,
  where: string,
  tensor: (history: JsonValue, kwargs: JsonObject) => JsonValue,
): JsonValue {
  const { initial_state: states, ...others } = objectAt(kwargs ?? {}, where);
  const kept: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(others)) {
    if (value === null || value === false) continue;
    if (name === "training" && value === true) kept[name] = value;
    else {
      throw new LamellaError("unsupported", {
        where,
        problem: `A call of the layer has an argument that TensorFlow.js does not save: ${name}.`,
      });
    }
  }
  const histories = (value: JsonValue | undefined): JsonValue[] => {
    if (isList(value)) return value.flatMap(histories);
    if (!isObject(value) || value["class_name"] !== "__keras_tensor__") return [];
    return [objectAt(value["config"], where)["keras_history"] ?? null];
  };
  return [...histories(args), ...histories(states)].map((history) => tensor(history, kept));
}
