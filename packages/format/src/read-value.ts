import type { JsonObject, JsonValue } from "@lamella/ir";
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

/** Reads the entries of a map. */
export function readEntries(count: number, at: (i: number) => Entry | null, where: string, depth = 0): JsonObject {
  checkDepth(depth, where);
  const keys = new Set<string>();
  const entries = readAll(count, at, (entry, i) => {
    const key = readText(entry.key(Encoding.UTF8_BYTES), `${where} key ${i}`);
    if (keys.has(key)) throw formatError(where, `The key '${key}' stands there twice.`);
    keys.add(key);
    return [key, readValue(entry.value() as Value, `${where}.${key}`, depth + 1)] as const;
  });
  return Object.fromEntries(entries);
}

function readValue(value: Value, where: string, depth: number): JsonValue {
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
      return readText(value.text(Encoding.UTF8_BYTES), where);
    case ValueKind.List:
      checkDepth(depth, where);
      return readAll(
        value.itemsLength(),
        (i) => value.items(i),
        (item, i) => readValue(item, `${where}[${i}]`, depth + 1),
      );
    case ValueKind.Map:
      return readEntries(value.entriesLength(), (i) => value.entries(i), where, depth);
    default:
      throw formatError(where, `There is no value kind ${String(value.kind())}.`, "0 to 6");
  }
}

function readInteger(value: bigint, where: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw formatError(where, "The integer is too large.", "at most 2^53 - 1, in size", String(value));
}

function checkDepth(depth: number, where: string): void {
  if (depth > maximumDepth) throw formatError(where, `There are more than ${maximumDepth} levels of nesting.`);
}
