import { type JsonObject, type JsonValue, LamellaError } from "@lamella/ir";

/** Whether a value is an object, and neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function shown(value: JsonValue | undefined): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

function misformed(where: string, expected: string, received: JsonValue | undefined): LamellaError {
  return new LamellaError("format", {
    where,
    problem: "The configuration is not of the form that Keras writes.",
    expected,
    received: shown(received),
  });
}

/** @throws LamellaError `format` */
export function objectAt(value: JsonValue | undefined, where: string): JsonObject {
  if (isObject(value)) return value;
  throw misformed(where, "an object", value);
}

/** @throws LamellaError `format` */
export function listAt(value: JsonValue | undefined, where: string): readonly JsonValue[] {
  if (isList(value)) return value;
  throw misformed(where, "a list", value);
}

/** @throws LamellaError `format` */
export function textAt(value: JsonValue | undefined, where: string): string {
  if (typeof value === "string") return value;
  throw misformed(where, "a text", value);
}

/** @throws LamellaError `format` */
export function wholeAt(value: JsonValue | undefined, where: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw misformed(where, "a whole number", value);
}

/** What is nested deeper than any model is refused: it would exhaust the stack. */
const deepest = 200;

/**
 * A value with Python's tuples and TensorFlow's shapes, which Keras wraps in objects (keras/src/legacy/saving/json_utils.py),
 * as plain lists.
 *
 * @throws LamellaError `format` for what is nested too deeply
 */
export function withoutTuples(value: JsonValue, depth = 0): JsonValue {
  if (depth > deepest) {
    throw new LamellaError("format", {
      problem: "The configuration is nested too deeply.",
      expected: `at most ${deepest} levels`,
    });
  }
  if (isList(value)) return value.map((item) => withoutTuples(item, depth + 1));
  if (!isObject(value)) return value;
  const { class_name: kind, items } = value;
  if ((kind === "__tuple__" || kind === "TensorShape") && isList(items)) return withoutTuples(items, depth + 1);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutTuples(item, depth + 1)]));
}

/** A number that JSON does not know, put back in the place of its mark. */
function unmarked(_: string, value: JsonValue): JsonValue {
  if (!isObject(value)) return value;
  const { __number__: number } = value;
  return typeof number === "string" && Object.keys(value).length === 1 ? Number(number) : value;
}

/**
 * JSON as Python writes it: NaN, Infinity and -Infinity may stand where numbers do.
 *
 * @throws LamellaError `format`
 */
export function parsePythonJson(text: string, where: string): JsonValue {
  try {
    if (!/NaN|Infinity/.test(text)) return JSON.parse(text) as JsonValue;
    const marked = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) =>
      token.startsWith('"') ? token : `{"__number__":"${token}"}`,
    );
    return JSON.parse(marked, unmarked) as JsonValue;
  } catch (cause) {
    throw new LamellaError("format", { where, problem: "The text is not JSON.", cause });
  }
}

/** Numbers that Keras refuses where they are written without a point, as JavaScript writes whole ones. */
const floats: ReadonlySet<string> = new Set(["beta", "learning_rate", "momentum", "threshold"]);

const mark = "\0float:";

/** JSON as Keras reads it: what it wants to be a float is written as one, `"momentum": 0.0`. */
export function pythonJson(value: unknown): string {
  const text = JSON.stringify(value, (key, item: unknown) =>
    floats.has(key) && Number.isSafeInteger(item) ? `${mark}${String(item)}` : item,
  );
  return text.replaceAll(/"\\u0000float:(-?\d+)"/g, "$1.0");
}
