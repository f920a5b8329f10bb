import type { JsonObject, JsonValue, LamellaError } from "@lamella/ir";

import { maximumDepth } from "./encode-value.ts";
import type { EntryFields, Text, ValueFields } from "./gen/field-tables.ts";
import { ValueKind } from "./gen/value-kind.ts";
import { formatError } from "./header.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes a text. `where` is asked for when something is wrong. */
export function readText(field: Text, where: () => string): string {
  if (typeof field === "string") return field;
  try {
    return decoder.decode(field);
  } catch {
    throw formatError(where(), "The text is not UTF-8.");
  }
}

/** An unsigned 64-bit number of the file. */
export function readSize(value: bigint, where: () => string): number {
  const size = Number(value);
  if (Number.isSafeInteger(size)) return size;
  throw formatError(where(), "The number is too large.", "at most 2^53 - 1", String(value));
}

/** Reads the entries of a map. */
export function readEntries(fields: readonly EntryFields[], where: () => string, depth = 0): JsonObject {
  if (depth > maximumDepth) throw tooDeep(where());
  const entries = fields.map((entry, i): [string, JsonValue] => {
    const key = readText(entry.key, () => `${where()} key ${i}`);
    return [key, readValue(entry.value, () => `${where()}.${key}`, depth + 1)];
  });
  const map = Object.fromEntries(entries);
  if (Object.keys(map).length < entries.length) {
    const keys = new Set<string>();
    const twice = entries.find(([key]) => keys.size === keys.add(key).size)!;
    throw formatError(where(), `The key '${twice[0]}' stands there twice.`);
  }
  return map;
}

function readValue(value: ValueFields, where: () => string, depth: number): JsonValue {
  const { kind = ValueKind.Null } = value;
  switch (kind) {
    case ValueKind.Null:
      return null;
    case ValueKind.Bool:
      return value.flag ?? false;
    case ValueKind.Integer:
      return readInteger(value.integer ?? 0n, where);
    case ValueKind.Number:
      return value.number ?? 0;
    case ValueKind.Text:
      return readText(value.text ?? "", where);
    case ValueKind.List:
      if (depth > maximumDepth) throw tooDeep(where());
      return (value.items ?? []).map((item, i) => readValue(item, () => `${where()}[${i}]`, depth + 1));
    case ValueKind.Map:
      return readEntries(value.entries ?? [], where, depth);
    default:
      throw formatError(where(), `There is no value kind ${kind}.`, "0 to 6");
  }
}

function readInteger(value: bigint, where: () => string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw formatError(where(), "The integer is too large.", "at most 2^53 - 1, in size", String(value));
}

function tooDeep(where: string): LamellaError {
  return formatError(where, `There are more than ${maximumDepth} levels of nesting.`);
}
