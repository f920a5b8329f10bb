import type { JsonObject, JsonValue } from "@lamella/ir";

import type { KerasObject } from "../contents.ts";
import { isObject } from "../json.ts";

/** Whether data is an object as Keras serializes it. */
export function isKerasObject(value: unknown): value is KerasObject & JsonObject {
  return isObject(value) && typeof value["class_name"] === "string" && isObject(value["config"]);
}

/** Whether data is a function as Keras serializes it: its name stands in the place of a configuration. */
function isFunction(value: JsonValue): value is JsonObject & { readonly config: string } {
  return isObject(value) && value["class_name"] === "function" && typeof value["config"] === "string";
}

/** The name of a function, such as `relu`; other values as they are. */
export function functionName(value: JsonValue): JsonValue {
  return isFunction(value) ? value.config : value;
}

/** Numbers that Keras serialized as an array or a tensor; other values as they are. */
export function plainNumbers(value: JsonValue): JsonValue {
  if (!isKerasObject(value)) return value;
  const isArray = value.class_name === "__numpy__" || value.class_name === "__tensor__";
  return isArray ? (value.config["value"] ?? null) : value;
}
