import type { JsonObject, JsonValue } from "@lamella/ir";

import { isObject } from "../json.ts";
import { oldClassName, own } from "./class-names.ts";

/** Short names of Keras 1 and 2 for what Keras 3 calls by its class. */
const initializerNames: Readonly<Record<string, string>> = {
  zero: "Zeros",
  one: "Ones",
  normal: "RandomNormal",
  gaussian: "RandomNormal",
  uniform: "RandomUniform",
  OrthogonalInitializer: "Orthogonal",
  IdentityInitializer: "Identity",
};

const regularizerNames: Readonly<Record<string, string>> = {
  l1: "L1",
  l2: "L2",
  l1_l2: "L1L2",
  l1l2: "L1L2",
  L1L2Regularizer: "L1L2",
  WeightRegularizer: "L1L2",
};

const activationNames: Readonly<Record<string, string>> = {
  swish: "silu",
  hard_swish: "hard_silu",
  relu_v2: "relu",
  softmax_v2: "softmax",
  log_softmax_v2: "log_softmax",
};

/** Names in snake case as those of classes: `glorot_uniform` to `GlorotUniform`. */
export function pascalCased(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function named(module: string, className: string, config: JsonObject): JsonObject {
  return { module, class_name: className, config, registered_name: null };
}

function classNamed(name: string, known: Readonly<Record<string, string>>): string {
  const plain = name.replace(/^Custom>/, "").replace(/V[12]$/, "");
  return own(known, plain) ?? (/^[a-z]/.test(plain) ? pascalCased(plain) : plain);
}

function without(config: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key)));
}

/** An initializer by name or as an object. TensorFlow 1's had a `dtype`; 'normal' always was the truncated one. */
export function rewriteInitializer(value: JsonValue): JsonValue {
  if (typeof value === "string") return named("keras.initializers", classNamed(value, initializerNames), {});
  if (!isObject(value) || typeof value["class_name"] !== "string") return value;
  const config = without(isObject(value["config"]) ? value["config"] : {}, "dtype");
  const isNormal = config["distribution"] === "normal";
  const type = classNamed(value["class_name"], initializerNames);
  return named("keras.initializers", type, isNormal ? { ...config, distribution: "truncated_normal" } : config);
}

/** A regularizer by name or as an object; Keras 1 wrote `{ "name": "WeightRegularizer", "l1": 0, "l2": 0.01 }`. */
export function rewriteRegularizer(value: JsonValue): JsonValue {
  if (typeof value === "string") return named("keras.regularizers", classNamed(value, regularizerNames), {});
  if (!isObject(value)) return value;
  const { class_name: type, name } = value;
  if (typeof type === "string") {
    const config = without(isObject(value["config"]) ? value["config"] : {}, "has_l1", "has_l2");
    return named("keras.regularizers", classNamed(type, regularizerNames), config);
  }
  return typeof name === "string" ? named("keras.regularizers", "L1L2", without(value, "name")) : value;
}

/** A constraint by name or as an object; Keras 1 wrote `{ "name": "MaxNorm", "m": 2, "axis": 0 }`. */
export function rewriteConstraint(value: JsonValue): JsonValue {
  const classes = { maxnorm: "MaxNorm", nonneg: "NonNeg", unitnorm: "UnitNorm" };
  if (typeof value === "string") return named("keras.constraints", classNamed(value, classes), {});
  if (!isObject(value)) return value;
  const { class_name: type, name } = value;
  if (typeof type === "string") {
    return named("keras.constraints", classNamed(type, classes), isObject(value["config"]) ? value["config"] : {});
  }
  if (typeof name !== "string") return value;
  const config = Object.entries(without(value, "name")).map(([key, item]) => [key === "m" ? "max_value" : key, item]);
  return named("keras.constraints", classNamed(name, classes), Object.fromEntries(config));
}

/** An activation function: by name, or as Keras 3 and late Keras 2 write functions. */
export function rewriteActivation(value: JsonValue): JsonValue {
  if (typeof value === "string") return own(activationNames, value) ?? value;
  if (isObject(value) && value["class_name"] === "function" && typeof value["config"] === "string") {
    return rewriteActivation(value["config"]);
  }
  return value;
}

/** A dtype: by name, or the name of a policy of Keras 2. What Keras 3 writes stays. */
export function rewriteDType(value: JsonValue): JsonValue {
  if (!isObject(value) || !/^Policy(?:V1)?$/.test(oldClassName(value))) return value;
  return isObject(value["config"]) ? (value["config"]["name"] ?? "float32") : "float32";
}
