import { type JsonObject, type JsonValue, LamellaError } from "@lamella/ir";
import type { Builder, Offset } from "flatbuffers";

import { Entry } from "./gen/entry.ts";
import { ValueKind } from "./gen/value-kind.ts";
import { Value } from "./gen/value.ts";

/** How deep lists and maps may be nested. */
export const maximumDepth = 100;
/** Longer strings are written as often as they occur, so that a reader can bound what a file unfolds to. */
const longestShared = 64;

export function writeString(builder: Builder, text: string, where: string): Offset {
  if (!text.isWellFormed()) {
    throw new LamellaError("format", { where, problem: "A string with half a surrogate pair cannot be saved." });
  }
  // createSharedString writes nothing for the empty string
  const shared = text !== "" && text.length <= longestShared;
  return shared ? builder.createSharedString(text) : builder.createString(text);
}

/** Writes the entries of a map; returns their vector, or 0 when there are none. */
export function writeEntries(builder: Builder, map: JsonObject, where: string, depth = 0): Offset {
  if (depth > maximumDepth) {
    throw new LamellaError("format", {
      where,
      problem: `More than ${maximumDepth} levels of nesting cannot be saved.`,
    });
  }
  const entries = Object.entries(map).map(([name, item]) => {
    const value = writeValue(builder, item, `${where}.${name}`, depth + 1);
    const key = writeString(builder, name, where);
    Entry.startEntry(builder);
    Entry.addKey(builder, key);
    Entry.addValue(builder, value);
    return Entry.endEntry(builder);
  });
  return entries.length === 0 ? 0 : Value.createEntriesVector(builder, entries);
}

function writeItems(builder: Builder, items: readonly JsonValue[], where: string, depth: number): Offset {
  if (depth > maximumDepth) {
    throw new LamellaError("format", {
      where,
      problem: `More than ${maximumDepth} levels of nesting cannot be saved.`,
    });
  }
  const offsets = Array.from(items, (item, i) => writeValue(builder, item, `${where}[${i}]`, depth + 1));
  return offsets.length === 0 ? 0 : Value.createItemsVector(builder, offsets);
}

/** Whether a number is one that the schema's `integer` holds. */
function isInteger(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

function writeValue(builder: Builder, value: JsonValue, where: string, depth: number): Offset {
  let kind: ValueKind;
  let content: Offset = 0;
  if (value === null) kind = ValueKind.Null;
  else if (typeof value === "boolean") kind = ValueKind.Bool;
  else if (typeof value === "number") kind = isInteger(value) ? ValueKind.Integer : ValueKind.Number;
  else if (typeof value === "string") {
    kind = ValueKind.Text;
    content = writeString(builder, value, where);
  } else if (isList(value)) {
    kind = ValueKind.List;
    content = writeItems(builder, value, where, depth);
  } else if (isPlain(value)) {
    kind = ValueKind.Map;
    content = writeEntries(builder, value, where, depth);
  } else throw unsavable(value, where);
  Value.startValue(builder);
  Value.addKind(builder, kind);
  if (kind === ValueKind.Bool) Value.addFlag(builder, value === true);
  if (kind === ValueKind.Integer) Value.addInteger(builder, BigInt(value as number));
  if (kind === ValueKind.Number) Value.addNumber(builder, value as number);
  if (kind === ValueKind.Text) Value.addText(builder, content);
  if (kind === ValueKind.List) Value.addItems(builder, content);
  if (kind === ValueKind.Map) Value.addEntries(builder, content);
  return Value.endValue(builder);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isPlain(value: unknown): value is JsonObject {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function unsavable(value: unknown, where: string): LamellaError {
  const kind = typeof value === "object" ? (value?.constructor.name ?? "object") : typeof value;
  return new LamellaError("format", {
    where,
    problem: "This value cannot be saved.",
    expected: "null, a boolean, number, string, list or plain object",
    received: kind,
  });
}
