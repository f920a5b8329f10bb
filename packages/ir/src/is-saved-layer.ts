import { isDType } from "./dtype.ts";
import type { SavedLayer } from "./saved-model.ts";

type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isText: Check = (value) => typeof value === "string";
const isRecord: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const recordOf =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && Object.entries(checks).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const ports = listOf(recordOf({ name: isText, value: isNumber }));

const isGraph = recordOf({
  inputs: ports,
  outputs: ports,
  nodes: listOf(
    recordOf({
      layer: isNumber,
      inputs: listOf(isNumber),
      outputs: listOf(isNumber),
      positional: isNumber,
      args: isRecord,
    }),
  ),
  values: listOf(recordOf({ shape: listOf((dim) => isNumber(dim) || isText(dim)), dtype: isDType })),
  layers: listOf(isNumber),
});

const isLayer = recordOf({
  type: isText,
  name: isText,
  trainable: (value) => typeof value === "boolean",
  config: isRecord,
  graph: (value) => value === undefined || isGraph(value),
});

/** Whether data has the form of a saved layer. What its numbers refer to is not looked at. */
export function isSavedLayer(value: unknown): value is SavedLayer {
  return isLayer(value);
}
