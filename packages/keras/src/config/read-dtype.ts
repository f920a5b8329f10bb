import { assertDTypePolicy, type DTypePolicy, type JsonValue, LamellaError } from "@lamella/ir";

import { isKerasObject } from "./keras-object.ts";
import type { Notes } from "./notes.ts";

/** Policies of a dtype that no backend has, which float32 contains. */
const inFloat32: ReadonlySet<string> = new Set(["mixed_bfloat16", "bfloat16"]);

/** The name of a dtype or of a policy. */
function nameOf(value: JsonValue): JsonValue | undefined {
  return isKerasObject(value) ? value.config["name"] : value;
}

/** The dtype of a layer: a name, or a policy object. Absent: float32. @throws LamellaError `unsupported`, `dtype` */
export function readDType(value: JsonValue | undefined, where: string, notes: Notes): DTypePolicy {
  const name = nameOf(value ?? "float32");
  if (typeof name !== "string") {
    throw new LamellaError("dtype", { where, problem: "This is no dtype.", received: JSON.stringify(value) });
  }
  if (inFloat32.has(name)) {
    notes.convert(where, `it computes in float32, not in ${name}.`);
    return "float32";
  }
  if (name.includes("_from_")) {
    throw new LamellaError("unsupported", {
      where,
      problem: `The layer is quantized (${name}), and lamella computes in floats.`,
      hint: "Save the model before it is quantized.",
    });
  }
  return assertDTypePolicy(name, where);
}
