import type { JsonObject, JsonValue, LamellaError } from "@lamella/ir";
import { Encoding } from "flatbuffers";

import { maximumDepth } from "./encode-value.ts";
import type { Entry } from "./gen/entry.ts";
import { ValueKind } from "./gen/value-kind.ts";
import type { Value } from "./gen/value.ts";
import { formatError } from "./header.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes a string field that was read as `Encoding.UTF8_BYTES`; a missing one is the empty string. */
export function readText(field: string | Uint8Array | null, where: string): string {
  if (field === null || typeof field === "string") return field ?? "";
  try {
    return decoder.decode(field);
  } catch {
    throw formatError(where, "The text is not UTF-8.");
  }
}

/** An unsigned 64-bit number of the file. */
export function readSize(value: bigint | null, where: string): number {
  const size = Number(value);
  if (Number.isSafeInteger(size)) return size;
  throw formatError(where, "The number is too large.", "at most 2^53 - 1", String(value));
}

/** All elements of a vector. */
export function readAll<T, U>(count: number, at: (i: number) => T | null, read: (item: T, i: number) => U): U[] {
  const all: U[] = [];
  for (let i = 0; i < count; i++) all.push(read(at(i) as T, i));
  return all;
}

/** Reads the entries of a map. `where` is asked for when something is wrong. */
export function readEntries(
  count: number,
  at: (i: number) => Entry | null,
  where: () => string,
  depth = 0,
): JsonObject {
  if (depth > maximumDepth) throw tooDeep(where());
  const entries: [string, JsonValue][] = [];
  for (let i = 0; i < count; i++) {
    const entry = at(i) as Entry;
    const field = entry.key(Encoding.UTF8_BYTES);
    const key = typeof field === "string" ? field : readText(field, `${where()} key ${i}`);
    entries.push([key, readValue(entry.value() as Value, () => `${where()}.${key}`, depth + 1)]);
  }
  const map = Object.fromEntries(entries);
  if (Object.keys(map).length < count) {
    const keys = new Set<string>();
    const twice = entries.find(([key]) => keys.size === keys.add(key).size)!;
    throw formatError(where(), `The key '${twice[0]}' stands there twice.`);
  }
  return map;
}

function readValue(value: Value, where: () => string, depth: number): JsonValue {
  switch (value.kind()) {
    case ValueKind.Null:
      return null;
    case ValueKind.Bool:
      return value.flag();
    case ValueKind.Integer:
      return readInteger(value.integer(), where);
    case ValueKind.Number:
      return value.number() ?? 0;
    case ValueKind.Text:
      return readTextOf(value, where);
    case ValueKind.List:
      if (depth > maximumDepth) throw tooDeep(where());
      return readAll(
        value.itemsLength(),
        (i) => value.items(i),
        (item, i) => readValue(item, () => `${where()}[${i}]`, depth + 1),
      );
    case ValueKind.Map:
      return readEntries(value.entriesLength(), (i) => value.entries(i), where, depth);
    default:
      throw formatError(where(), `There is no value kind ${String(value.kind())}.`, "0 to 6");
  }
}

function readTextOf(value: Value, where: () => string): string {
  const field = value.text(Encoding.UTF8_BYTES);
  return typeof field === "string" ? field : readText(field, where());
}

function readInteger(value: bigint, where: () => string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw formatError(where(), "The integer is too large.", "at most 2^53 - 1, in size", String(value));
}

function tooDeep(where: string): LamellaError {
  return formatError(where, `There are more than ${maximumDepth} levels of nesting.`);
}
