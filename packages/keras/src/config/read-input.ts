import {
  assertDType,
  type JsonObject,
  type JsonValue,
  LamellaError,
  symbolicInput,
  type SymbolicTensor,
} from "@lamella/ir";

import { isObject } from "../json.ts";
import type { Notes } from "./notes.ts";

/** A shape as Keras writes it: a list, or a record with a list in it. */
function sizesOf(value: JsonValue | undefined): readonly (number | null)[] | undefined {
  const list = isObject(value) ? value["items"] : value;
  const isShape = Array.isArray(list) && list.every((size) => size === null || Number.isSafeInteger(size));
  return isShape ? (list as readonly (number | null)[]) : undefined;
}

/** The shape of a batch that a configuration declares. Keras 2 called it `batch_input_shape`. */
export function batchShapeOf(config: JsonObject): readonly (number | null)[] | undefined {
  const whole = sizesOf(config["batch_shape"] ?? config["batch_input_shape"]);
  if (whole !== undefined) return whole;
  const shape = sizesOf(config["shape"] ?? config["input_shape"]);
  const { batch_size: batch = null } = config;
  return shape === undefined ? undefined : [typeof batch === "number" ? batch : null, ...shape];
}

/** What an InputLayer gives. @throws LamellaError `format`, `dtype` */
export function readInput(config: JsonObject, name: string, notes: Notes): SymbolicTensor {
  const batchShape = batchShapeOf(config);
  if (batchShape === undefined) {
    throw new LamellaError("format", {
      where: name,
      problem: "The input layer has no shape.",
      expected: "batch_shape",
      received: Object.keys(config).join(", "),
    });
  }
  for (const option of ["sparse", "ragged", "optional"]) {
    if (config[option] !== true) continue;
    const problem = `Lamella's inputs cannot be ${option}.`;
    notes.lose("unsupported", { where: name, problem, hint: "To take it as a dense input, pass { strict: false }." });
  }
  const dtype = assertDType(typeof config["dtype"] === "string" ? config["dtype"] : "float32", name);
  return symbolicInput({ batchShape, dtype, name });
}
