import { type JsonObject, type JsonValue, LamellaError } from "@lamella/ir";

import { isList, isObject, listAt, objectAt, textAt, wholeAt } from "../json.ts";

/** A tensor of the model: which output of which call of which layer. */
export type TensorReference = readonly [layer: string, call: number, output: number];

/** One call of a layer as Keras 1 and 2 write it. */
export interface OldCall {
  /** The first argument; references and constants are resolved already. */
  readonly first: JsonValue;
  readonly kwargs: JsonObject;
}

/** What is in the place of a tensor that does not come from a layer. */
const constantMark = "_CONSTANT_VALUE";

/** A tensor as Keras 3 writes it. */
export function kerasTensor([layer, call, output]: TensorReference): JsonObject {
  return { class_name: "__keras_tensor__", config: { keras_history: [layer, call, output] } };
}

export function isKerasTensor(value: JsonValue | undefined): boolean {
  return isObject(value) && value["class_name"] === "__keras_tensor__";
}

/** Turns old references to tensors into those that Keras 3 would write. */
export type Resolve = (reference: TensorReference, where: string) => JsonValue;

/**
 * The calls of a layer as Keras 1, 2 and TensorFlow.js write them: per call a list of `[layer, node, tensor, kwargs]`, one such
 * entry for operations, or a dictionary of them. (Keras: `deserialize_node` in keras/src/models/functional.py.)
 */
export function readOldCalls(nodes: readonly JsonValue[], resolve: Resolve, knows: Knows, where: string): OldCall[] {
  return nodes.map((node) => {
    const kwargs: Record<string, JsonValue> = {};
    const leaf = (entry: readonly JsonValue[]): JsonValue => {
      if (entry.length > 3) Object.assign(kwargs, readKwargs(objectAt(entry[3], where), resolve, knows, where));
      if (entry[0] === constantMark) return entry[2]!;
      return resolve(referenceAt(entry, where), where);
    };
    const nested = (value: JsonValue): JsonValue => {
      if (isList(value)) return typeof value[0] === "string" ? leaf(value) : value.map(nested);
      const entries = Object.entries(objectAt(value, where));
      return Object.fromEntries(entries.map(([key, item]) => [key, nested(item)]));
    };
    const first = nested(node);
    const isWrapped = isList(first) && first.length === 1 && typeof listAt(node, where)[0] !== "string";
    return { first: isWrapped ? first[0]! : first, kwargs };
  });
}

/** Whether a layer of that name is in the model. */
export type Knows = (layer: string) => boolean;

function referenceAt(entry: readonly JsonValue[], where: string): TensorReference {
  if (entry.length < 3) {
    throw new LamellaError("format", {
      where,
      problem: "An input of the layer is not given as Keras does.",
      expected: "[layer, node, tensor]",
      received: JSON.stringify(entry),
    });
  }
  return [textAt(entry[0], where), wholeAt(entry[1], where), wholeAt(entry[2], where)];
}

/** Call arguments with tensors, which are written `[layer, node, tensor]` like any list, told apart by the layers' names. */
function readKwargs(kwargs: JsonObject, resolve: Resolve, knows: Knows, where: string): JsonObject {
  const read = (value: JsonValue): JsonValue => {
    if (isList(value)) {
      const [layer, node, output] = value;
      const isTensor =
        value.length === 3 && typeof layer === "string" && knows(layer) && [node, output].every(Number.isInteger);
      if (isTensor) return resolve(referenceAt(value, where), where);
      return value[0] === constantMark && value.length >= 3 ? value[2]! : value.map(read);
    }
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, read(item)]));
  };
  const given = Object.entries(kwargs).filter(([name, value]) => value !== null && name !== "name");
  return Object.fromEntries(given.map(([name, value]) => [name, read(value)]));
}

/** The references in a list as `input_layers` and `output_layers` are: one, a list, or a dictionary. */
export function mapReferences(
  value: JsonValue,
  replace: (reference: TensorReference) => JsonValue,
  where: string,
): JsonValue {
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapReferences(item, replace, where)]));
  }
  const list = listAt(value, where);
  if (typeof list[0] === "string") return replace(referenceAt(list, where));
  const mapped = list.map((item) => mapReferences(item, replace, where));
  return mapped.length === 1 ? mapped[0]! : mapped;
}
