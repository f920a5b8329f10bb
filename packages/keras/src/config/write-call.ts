import { type AnyLayer, isLayer, type JsonObject, type JsonValue } from "@lamella/ir";

import { isObject } from "../json.ts";
import { attends } from "./call-parameters.ts";
import { kerasSpelling } from "./spelling.ts";
import { writeOperationCall } from "./write-operation.ts";

/** A call with its tensors as Keras writes them. */
export interface SavedCall {
  readonly layer: AnyLayer;
  /** How many of the tensors are positional. */
  readonly positional: number;
  readonly args: JsonObject;
  readonly tensors: readonly JsonObject[];
}

/** Sizes of the states of the cells that Keras has, where there are more than one. */
const pairedStates: ReadonlySet<string> = new Set(["LSTMCell", "ConvLSTMCell"]);

/** How the states of a stack of cells are grouped: by cell; undefined for a single cell. */
function groupsOf(layer: AnyLayer): readonly number[] | undefined {
  const { cell = layer } = layer.config;
  const cells = isLayer(cell) ? cell.config["cells"] : undefined;
  if (!Array.isArray(cells)) return undefined;
  return (cells as readonly AnyLayer[]).map(({ type }) => (pairedStates.has(type) ? 2 : 1));
}

/** States in the structure that a stack of cells has in Keras: a list a cell, or the state itself where it is one. */
function grouped(states: readonly JsonValue[], groups: readonly number[]): JsonValue {
  let at = 0;
  return groups.map((size): JsonValue => {
    const own = states.slice(at, at + size);
    at += size;
    return own.length === 1 ? own[0]! : own;
  });
}

function isReference(value: JsonValue): value is JsonObject & { readonly tensor: number } {
  return isObject(value) && typeof value["tensor"] === "number" && Object.keys(value).length === 1;
}

/** Arguments of a call by Keras's names. */
function writeArguments({ layer, args, tensors }: SavedCall): JsonObject {
  const live = (value: JsonValue): JsonValue => {
    if (isReference(value)) return tensors[value.tensor]!;
    return Array.isArray(value) ? value.map((item: JsonValue) => live(item)) : value;
  };
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const written = live(value);
      const groups = name === "initialState" || name === "states" ? groupsOf(layer) : undefined;
      const isList = groups !== undefined && Array.isArray(written);
      return [kerasSpelling(name), isList ? grouped(written as readonly JsonValue[], groups) : written];
    }),
  );
}

/** A call as Keras writes it. */
export function writeCall(call: SavedCall): JsonObject {
  const { layer, positional, tensors } = call;
  const given = tensors.slice(0, positional);
  if (layer.definition.isOperation === true) return writeOperationCall(layer, given);
  const takesSeveral = layer.definition.inputs === "several" && (layer.modelType === undefined || given.length > 1);
  const kwargs = writeArguments(call);
  if (!attends(layer)) return { args: takesSeveral ? [given] : given, kwargs };
  // What attends to itself is given once here, and twice in Keras.
  return { args: given.length === 1 ? [given[0]!, given[0]!] : given, kwargs };
}
