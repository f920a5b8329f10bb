import type { JsonObject, JsonValue } from "@lamella/ir";

import { isList, isObject, objectAt } from "../json.ts";

/** Layers of Keras that do to a list of tensors what an operation does to two. */
const merging = new Set(["Add", "Multiply", "Maximum", "Minimum"]);

/** Activations, as operations. */
const activations: Readonly<Record<string, string>> = {
  Elu: "elu",
  HardSigmoid: "hard_sigmoid",
  LogSoftmax: "log_softmax",
  Relu: "relu",
  Relu6: "relu6",
  Selu: "selu",
  Sigmoid: "sigmoid",
  Silu: "silu",
  Softmax: "softmax",
  Softplus: "softplus",
  Softsign: "softsign",
  Tanh: "tanh",
};

/** Options of those that must be as they are in the activation. */
const usual: Readonly<Record<string, JsonValue>> = { axis: -1, alpha: 1 };

const isTensor = (value: JsonValue | undefined): boolean =>
  isObject(value) && value["class_name"] === "__keras_tensor__";

/** The rank of a tensor. Merging layers align the axes of different ranks in another way than operations. */
function rankOf(value: JsonValue | undefined): number | undefined {
  const config = isObject(value) && isTensor(value) ? value["config"] : undefined;
  return isObject(config) && isList(config["shape"]) ? config["shape"].length : undefined;
}

/** A tensor times a number plus a number, for arithmetic of a tensor and a number. */
function affine(className: string, left: JsonValue | undefined, right: JsonValue | undefined): JsonObject | undefined {
  const number = typeof left === "number" ? left : typeof right === "number" ? right : undefined;
  if (number === undefined || !(isTensor(left) || isTensor(right))) return undefined;
  if (className === "Add") return { scale: 1, offset: number };
  if (className === "Multiply") return { scale: number, offset: 0 };
  if (className === "Subtract") return number === left ? { scale: -1, offset: number } : { scale: 1, offset: -number };
  if (className === "TrueDivide" || className === "Divide") {
    return number === left ? undefined : { scale: 1 / number, offset: 0 };
  }
  return className === "Negative" ? { scale: -1, offset: 0 } : undefined;
}

/** Whether a serialized object is an operation; some are called like layers. */
export function isOperation({ module }: JsonObject): boolean {
  return typeof module === "string" && module.includes(".ops.");
}

/**
 * An operation of Keras 3 as the layer that does the same, for files that know no operations: merging layers, activations, and a
 * Rescaling for arithmetic with a number. Anything else stays as it is.
 */
export function operationAsLayer(entry: JsonObject): JsonObject {
  const { class_name: className, config, inbound_nodes: nodes } = entry;
  if (!isOperation(entry) || typeof className !== "string") return entry;
  if (!isList(nodes) || nodes.length !== 1) return entry;
  const node = objectAt(nodes[0], className);
  const { name, ...options } = objectAt(config, className);
  const args = isList(node["args"]) ? node["args"] : [];
  const [left, right] = args;
  const layer = (layerClass: string, own: JsonObject, tensors: JsonValue): JsonObject => ({
    ...entry,
    module: "keras.layers",
    class_name: layerClass,
    config: { name: name ?? null, ...own },
    registered_name: null,
    inbound_nodes: [{ args: [tensors], kwargs: {} }],
  });
  const rescaled = affine(className, left, className === "Negative" ? -1 : right);
  if (rescaled !== undefined) return layer("Rescaling", rescaled, isTensor(left) ? left! : right!);
  const isMerge = merging.has(className) && rankOf(left) !== undefined && rankOf(left) === rankOf(right);
  if (isMerge) return layer(className, {}, [left!, right!]);
  if (className === "Concatenate" && isList(left)) return layer(className, options, left);
  const activation = Object.hasOwn(activations, className) ? activations[className] : undefined;
  const isUsual = Object.entries(options).every(([option, value]) => usual[option] === value);
  return activation !== undefined && isUsual && isTensor(left) ? layer("Activation", { activation }, left!) : entry;
}
