import type { JsonObject, JsonValue } from "@lamella/ir";

import { maximumDepth } from "./encode-value.ts";

/** The numbers in all objects of the form `{ [key]: number }` in a configuration, however deep they stand. */
export function references(config: JsonObject, key: "layer" | "tensor"): number[] {
  const found: number[] = [];
  const visit = (value: JsonValue, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > maximumDepth) return;
    const items = Object.entries(value);
    if (items.length === 1 && items[0]![0] === key && typeof items[0]![1] === "number") found.push(items[0]![1]);
    for (const [, item] of items) visit(item, depth + 1);
  };
  for (const value of Object.values(config)) visit(value, 0);
  return found;
}
