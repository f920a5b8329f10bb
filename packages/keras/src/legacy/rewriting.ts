import type { JsonObject, JsonValue } from "@lamella/ir";

import { ourOperations } from "../config/operation-forms.ts";
import type { KerasObject } from "../contents.ts";
import { isList, isObject, objectAt, textAt } from "../json.ts";
import { currentClassName, currentLayerName, isFunctional, isModel, oldClassName } from "./class-names.ts";
import { rewriteFunctional } from "./functional.ts";
import { currentArguments } from "./layer-arguments.ts";
import {
  rewriteActivation,
  rewriteConstraint,
  rewriteDType,
  rewriteInitializer,
  rewriteRegularizer,
} from "./objects.ts";
import { Refusals } from "./refusals.ts";
import type { Scope } from "./scope.ts";
import { rewriteSequential } from "./sequential.ts";
import { hardSigmoidScale, hasOldHardSigmoid, type Writer } from "./writer.ts";

/** TensorFlow.js writes null for what was not given. */
function withoutNulls(config: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
}

const merging = new Set(["Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"]);

const holdsLayer = new Set(["layer", "backward_layer", "forward_layer", "cell"]);

/** One rewriting of a model to the form of Keras 3: what wrote it, and what is noticed on the way. */
export class Rewriting implements Scope {
  readonly writer: Writer;
  readonly notes: string[] = [];
  readonly refusals = new Refusals();
  /** Layers that merge several tensors, and with them their masks. */
  private readonly merges: string[] = [];
  private hasMasks = false;

  constructor(writer: Writer) {
    this.writer = writer;
  }

  /** Looks at what only the whole shows. @throws LamellaError `unsupported` that names all that was refused */
  check(): void {
    this.refusals.check();
    if (!this.hasMasks || this.merges.length === 0 || this.writer.generation === 3) return;
    this.note(
      `${this.merges.join(", ")}: where only some inputs of a merging layer have a mask, Keras 2 handed it on and Keras 3 drops it; ` +
        "where several have one, Keras 2 masked what any of them masks, Keras 3 what all of them do. Outputs of masked data may differ.",
    );
  }

  note(sentence: string): void {
    if (!this.notes.includes(sentence)) this.notes.push(sentence);
  }

  /** A model, or a model that is a layer of another. */
  model(json: JsonObject): KerasObject {
    const className = textAt(json["class_name"], "class_name");
    const config = json["config"] ?? null;
    if (isFunctional(className)) {
      const rewritten = rewriteFunctional(this, objectAt(config, className));
      return this.object(json, "keras.src.models.functional", "Functional", rewritten);
    }
    return this.object(json, "keras.src.models.sequential", "Sequential", rewriteSequential(this, config));
  }

  /** A layer, without what it is called on. */
  layer(json: JsonObject): KerasObject {
    const oldName = textAt(json["class_name"], "class_name");
    if (isModel(oldName)) return this.model(json);
    const config = objectAt(json["config"], oldName);
    if (this.isOperation(oldName, json, config)) return this.object(json, "keras.ops", oldName, config);
    const where = typeof config["name"] === "string" ? config["name"] : oldName;
    this.refusals.checkClass(oldName, where);
    const className = currentClassName(oldName);
    const rewritten = this.layerConfig(oldName, className, config, where);
    return this.object(json, "keras.layers", className, rewritten);
  }

  /** Whether an object is an operation of Keras 3, whose h5 files leave out its module: every layer tells whether it is trainable. */
  private isOperation(className: string, { module }: JsonObject, config: JsonObject): boolean {
    const isBare = typeof module !== "string" && !("trainable" in config);
    return this.writer.generation === 3 && isBare && ourOperations.has(className);
  }

  private layerConfig(oldName: string, className: string, config: JsonObject, where: string): JsonObject {
    if (className === "Lambda") return config;
    const given = this.writer.program === "tfjs" ? withoutNulls(config) : config;
    const current = this.writer.generation === 3 ? given : currentArguments(oldName, given, where);
    const entries = Object.entries(current).map(([key, value]) => [key, this.value(key, value)]);
    const out = Object.fromEntries(entries) as Record<string, JsonValue>;
    if (typeof out["name"] === "string") out["name"] = currentLayerName(out["name"]);
    if (className === "InputLayer") {
      if ("batch_input_shape" in out) {
        out["batch_shape"] = out["batch_input_shape"]!;
        delete out["batch_input_shape"];
      }
      out["dtype"] ??= config["input_dtype"] ?? "float32";
    }
    if (className === "RNN" && "cell" in out) delete out["cells"];
    if (className === "Embedding" && typeof out["dtype"] === "string" && out["dtype"].includes("int"))
      delete out["dtype"];
    if (merging.has(className)) this.merges.push(where);
    if (className === "Masking" || (className === "Embedding" && out["mask_zero"] === true)) this.hasMasks = true;
    if (this.writer.generation < 3) this.compare(className, out, where);
    return out;
  }

  private value(key: string, value: JsonValue): JsonValue {
    if (value === null) return null;
    if (key === "dtype") return rewriteDType(value);
    if (key.endsWith("initializer")) return rewriteInitializer(value);
    if (key.endsWith("regularizer")) return rewriteRegularizer(value);
    if (key.endsWith("constraint")) return rewriteConstraint(value);
    if (key === "activation" || key === "recurrent_activation") {
      const activation = rewriteActivation(value);
      return this.isLayer(activation) ? this.nested(activation) : activation;
    }
    if (holdsLayer.has(key) && this.isLayer(value)) return this.nested(value);
    return key === "cells" && isList(value)
      ? value.map((cell) => (this.isLayer(cell) ? this.nested(cell) : cell))
      : value;
  }

  private isLayer(value: JsonValue): value is JsonObject {
    return (
      isObject(value) &&
      typeof value["class_name"] === "string" &&
      value["class_name"] !== "function" &&
      "config" in value
    );
  }

  private nested(layer: JsonObject): JsonObject {
    return this.layer(layer) as unknown as JsonObject;
  }

  /** Notes where Keras 3 computes something else than what wrote the file. */
  private compare(className: string, config: JsonObject, where: string): void {
    const { activation, recurrent_activation: recurrent, interpolation } = config;
    if (
      hasOldHardSigmoid(this.writer) &&
      className !== "Activation" &&
      [activation, recurrent].includes("hard_sigmoid")
    ) {
      this.note(
        `${where}: hard_sigmoid was max(0, min(1, 0.2 x + 0.5)) where the file was written, and has a slope of 1/6 since Keras 3. ` +
          `The weights in front of it are multiplied by ${hardSigmoidScale}, which gives the same numbers.`,
      );
    }
    if (this.writer.program === "tfjs" && interpolation === "bilinear") {
      this.note(
        `${where}: bilinear interpolation of TensorFlow.js does not start from the middle of the pixels, as Keras does; the ` +
          "numbers differ.",
      );
    }
  }

  private object(json: JsonObject, module: string, className: string, config: JsonObject): KerasObject {
    const { module: given, registered_name: registered, build_config: build } = json;
    const original = oldClassName(json);
    const isOurs = typeof given !== "string" || /^(?:keras|tf_keras|tensorflow)\b/.test(given);
    return {
      module: isOurs && !(this.writer.generation === 3 && typeof given === "string") ? module : given,
      class_name: className,
      config,
      registered_name: original.startsWith("Custom>") ? original : typeof registered === "string" ? registered : null,
      ...(isObject(build) && (this.writer.generation === 3 || className === "Sequential")
        ? { build_config: build }
        : {}),
    };
  }
}
