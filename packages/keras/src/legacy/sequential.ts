import type { JsonObject, JsonValue } from "@lamella/ir";

import { isList, isObject, listAt, objectAt, textAt } from "../json.ts";
import { currentLayerName, isModel } from "./class-names.ts";
import { isOldHardSigmoid, scaledSteps } from "./hard-sigmoid.ts";
import type { Scope } from "./scope.ts";

/** The configuration of a Sequential model, which up to Keras 2.2 was the bare list of its layers. */
export function rewriteSequential(scope: Scope, config: JsonValue): JsonObject {
  const isBare = isList(config);
  const whole = isBare ? {} : objectAt(config, "Sequential");
  const name = typeof whole["name"] === "string" ? currentLayerName(whole["name"]) : "sequential";
  const layers = listAt(isBare ? config : whole["layers"], name).map((layer) => objectAt(layer, name));
  const first = layers[0];
  const input = first === undefined ? undefined : inputLayerFor(scope, first, whole["build_input_shape"]);
  const taken = new Set(layers.flatMap(({ config: own }) => (isObject(own) ? [textAt(own["name"] ?? "", name)] : [])));
  const rewritten = layers.flatMap((layer): JsonObject[] => {
    const made = scope.layer(layer) as unknown as JsonObject;
    return isOldHardSigmoid(made, scope.writer) ? scaledSteps(scope, made, taken) : [made];
  });
  const { build_input_shape: build, trainable } = whole;
  return {
    name,
    ...(typeof trainable === "boolean" ? { trainable } : {}),
    layers: input === undefined ? rewritten : [input, ...rewritten],
    ...(isList(build) ? { build_input_shape: build } : {}),
  };
}

/** The input layer that the first layer stands for, unless it is one. */
function inputLayerFor(scope: Scope, first: JsonObject, build: JsonValue | undefined): JsonObject | undefined {
  const className = textAt(first["class_name"], "layers[0]");
  if (className === "InputLayer" || scope.writer.generation === 3) return undefined;
  const shape = batchShapeOf(first) ?? (isList(build) ? build : undefined);
  if (shape === undefined) return undefined;
  const config = isObject(first["config"]) ? first["config"] : {};
  const name = currentLayerName(typeof config["name"] === "string" ? `${config["name"]}_input` : "input");
  const given = config["input_dtype"] ?? config["dtype"];
  const dtype = typeof given === "string" && !given.includes("mixed") ? given : "float32";
  return {
    module: "keras.layers",
    class_name: "InputLayer",
    config: { batch_shape: shape, dtype, sparse: false, name },
    registered_name: null,
  };
}

/** The batch shape of what a first layer takes, as far as its configuration says so; a model's is that of its own first layer. */
function batchShapeOf(layer: JsonObject): readonly JsonValue[] | undefined {
  const { class_name: className, config } = layer;
  if (typeof className === "string" && isModel(className)) {
    const layers = isList(config) ? config : isObject(config) ? config["layers"] : undefined;
    const inner = isList(layers) ? layers[0] : undefined;
    return isObject(inner) ? batchShapeOf(inner) : undefined;
  }
  if (!isObject(config)) return undefined;
  const {
    batch_input_shape: batchInput,
    batch_shape: batch,
    input_shape: shape,
    input_dim: size,
    input_length: length,
  } = config;
  if (isList(batchInput)) return batchInput;
  if (isList(batch)) return batch;
  if (isList(shape)) return [null, ...shape];
  if (className === "Embedding")
    return length === undefined ? undefined : [null, ...(isList(length) ? length : [length])];
  if (typeof size !== "number") return undefined;
  return "input_length" in config ? [null, length ?? null, size] : [null, size];
}
