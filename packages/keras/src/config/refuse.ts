import { type JsonValue, LamellaError, refusedTypes } from "@lamella/ir";

import type { KerasObject } from "../contents.ts";
import { isObject } from "../json.ts";
import { typeNames } from "./class-names.ts";
import { isKerasObject } from "./keras-object.ts";
import type { LayerReader } from "./read-layer.ts";
import { isOperationObject, operationType } from "./read-operation.ts";

/** What an architecture names that cannot be made. */
interface Findings {
  /** Layers by class, with the reason where there is one. */
  readonly refused: Map<string, { readonly where: string; readonly reason: string; readonly instead: string }>;
  readonly unknown: Map<string, string>;
  readonly operations: Map<string, string>;
}

/** Whether an object stands for a layer or an operation, and not for an initializer and the like. */
function isLayerObject({ module, class_name: name }: KerasObject, key: string): boolean {
  if (name.startsWith("__") || name === "function" || /(initializer|regularizer|constraint|dtype)$/.test(key))
    return false;
  return module === undefined || module === null || !/^keras\.(initializers|regularizers|constraints)$/.test(module);
}

function look(reader: LayerReader, value: JsonValue, key: string, where: string, found: Findings): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) look(reader, item, key, where, found);
    return;
  }
  if (!isObject(value)) return;
  if (value["class_name"] === "__lambda__") found.refused.set("__lambda__", { where, ...refusedTypes.get("Lambda")! });
  if (!isKerasObject(value)) {
    for (const [name, item] of Object.entries(value)) look(reader, item, name, where, found);
    return;
  }
  const { name } = value.config;
  const place = typeof name === "string" ? name : where;
  if (isLayerObject(value, key)) judge(reader, value, place, found);
  const inner = [value.config, value["inbound_nodes"] ?? null];
  for (const item of inner) look(reader, item, "", place, found);
}

function judge(reader: LayerReader, object: KerasObject, where: string, found: Findings): void {
  if (isOperationObject(object)) {
    if (operationType(object) === undefined) found.operations.set(object.class_name, where);
    return;
  }
  if (reader.modelType(object) !== undefined || reader.definition(object) !== undefined) return;
  const refused = refusedTypes.get(object.class_name);
  if (refused !== undefined) found.refused.set(object.class_name, { where, ...refused });
  else found.unknown.set(typeNames(object)[0]!, where);
}

/**
 * Refuses an architecture that cannot be made, before anything of it is.
 *
 * @throws LamellaError `unsupported` for code and for layers that lamella does not have on purpose; `unknown-layer` that
 * names all classes that are not registered, and all operations that lamella does not have
 */
export function refuseUnreadable(reader: LayerReader, object: KerasObject): void {
  const found: Findings = { refused: new Map(), unknown: new Map(), operations: new Map() };
  look(reader, object as unknown as JsonValue, "", object.class_name, found);
  for (const [type, { where, reason, instead }] of found.refused) {
    const what = type === "__lambda__" ? "A function in the model" : `A ${type} layer`;
    throw new LamellaError("unsupported", { where, problem: `${what} cannot be loaded. ${reason}`, hint: instead });
  }
  if (found.unknown.size === 0 && found.operations.size === 0) return;
  const classes = [...found.unknown].map(([type, where]) => `${type} ('${where}')`);
  const operations = [...found.operations].map(([type, where]) => `${type} ('${where}')`);
  throw new LamellaError("unknown-layer", {
    problem: [
      ...(classes.length === 0 ? [] : [`The model needs layer types that are not registered: ${classes.join(", ")}.`]),
      ...(operations.length === 0 ? [] : [`It computes with operations that lamella lacks: ${operations.join(", ")}.`]),
    ].join(" "),
    hint:
      classes.length === 0
        ? "Put a layer in their place that lamella has."
        : "Define them with defineLayer({ type, ... }) under these names and pass them: { layers: [...catalogue, yours] }.",
  });
}
