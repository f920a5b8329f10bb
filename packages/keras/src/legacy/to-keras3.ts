import { type JsonObject, type JsonValue, LamellaError } from "@lamella/ir";

import type { KerasObject } from "../contents.ts";
import { isList, isObject, objectAt, parsePythonJson, withoutTuples } from "../json.ts";
import { isModel } from "./class-names.ts";
import { Rewriting } from "./rewriting.ts";
import { guessWriter, type Writer, writerOf } from "./writer.ts";

/** A model's configuration in the form of Keras 3. */
export interface Rewritten {
  readonly model: KerasObject;
  readonly writer: Writer;
  /** What changed in meaning, or was left out, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * The configuration of a model of any generation (Keras 1, Keras 2, tf.keras, TensorFlow.js, Keras 3) in the form of Keras 3.
 * What Keras 3 wrote stays, but for what its legacy h5 files leave out. Nothing is run, and no class is looked up: classes that
 * nobody knows stay as they are.
 *
 * @param json `{ class_name, config }`, a full model's `{ model_config }`, or the text of either
 * @param kerasVersion what the file says wrote it, if that does not stand in the JSON
 * @throws LamellaError `format` for what is no configuration; `unsupported` for what has no counterpart
 */
export function toKeras3(json: JsonValue | string, kerasVersion?: string): Rewritten {
  const given = withoutTuples(typeof json === "string" ? parsePythonJson(json, "model_config") : json);
  const outer = objectAt(isList(given) ? { class_name: "Sequential", config: given } : given, "model_config");
  if (outer["model_config"] !== undefined) {
    const inner = outer["model_config"];
    return toKeras3(inner ?? null, kerasVersion ?? versionIn(outer));
  }
  const version = kerasVersion ?? versionIn(outer);
  const writer = version === undefined ? guessWriter(outer) : writerOf(version);
  const rewriting = new Rewriting(writer);
  const model = rewriting.model(asModel(outer));
  rewriting.check();
  return { model, writer, notes: rewriting.notes };
}

function versionIn(json: JsonObject): string | undefined {
  const { keras_version: version } = json;
  return typeof version === "string" ? version : undefined;
}

/** The model, of which a class that someone derived from Keras's is read as what it is derived from. */
function asModel(json: JsonObject): JsonObject {
  const { class_name: className, config } = json;
  if (typeof className === "string" && isModel(className)) return json;
  if (isObject(config) && isList(config["layers"]) && "output_layers" in config) {
    return { ...json, class_name: "Functional" };
  }
  throw new LamellaError("unsupported", {
    where: typeof className === "string" ? className : "model_config",
    problem: "The configuration is not that of a Sequential or Functional model.",
    expected: "class_name 'Sequential', 'Functional' or 'Model', with its layers",
    received: typeof className === "string" ? `class_name '${className}'` : "no class_name",
    hint: "Subclassed models are code, which files do not hold: build the model from layers, and save it again.",
  });
}
