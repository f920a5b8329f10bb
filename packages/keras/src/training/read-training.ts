import {
  type AnyModel,
  type JsonObject,
  type JsonValue,
  LamellaError,
  type SavedTraining,
  type Tensor,
} from "@lamella/ir";

import { isKerasObject } from "../config/keras-object.ts";
import type { Notes } from "../config/notes.ts";
import { ourSpelling } from "../config/spelling.ts";
import type { KerasContents } from "../contents.ts";
import { isList, isObject } from "../json.ts";
import { optimizerVariable } from "./optimizer-variables.ts";

/** Options of compile that say how to compute, and not what. */
const ignored: ReadonlySet<string> = new Set(["auto_scale_loss", "jit_compile", "run_eagerly"]);

/** Options that are no part of what an object computes. */
const labels: ReadonlySet<string> = new Set(["name", "dtype", "fn"]);

/** @throws LamellaError `unsupported` for what is not Keras's own */
function refuseCustom({ module, class_name: name, registered_name: registered }: JsonObject): void {
  const isKeras = typeof module === "string" && (module === "builtins" || /^keras(\.|$)/.test(module));
  const isRegistered = typeof registered === "string" && registered.includes(">");
  if (isKeras && !isRegistered) return;
  const label = JSON.stringify(isRegistered ? registered : name);
  throw new LamellaError("unsupported", { problem: `${label} is code, which is not in the file.` });
}

/** An optimizer, a schedule, a loss or a metric by our names; functions and words as they are. */
function specOf(value: JsonValue): JsonValue {
  if (!isObject(value) || typeof value["class_name"] !== "string") return value;
  refuseCustom(value);
  if (value["class_name"] === "function") return value["config"] ?? null;
  if (!isKerasObject(value))
    throw new LamellaError("format", { problem: `'${value["class_name"]}' has no configuration.` });
  const config = Object.entries(value.config).filter(([name]) => !labels.has(name));
  return {
    type: value.class_name,
    config: Object.fromEntries(config.map(([name, item]) => [ourSpelling(name), nested(item)])),
  };
}

function nested(value: JsonValue): JsonValue {
  return Array.isArray(value) ? value.map((item: JsonValue) => nested(item)) : specOf(value);
}

/** A metric keeps the name it is reported under. */
function metricOf(value: JsonValue): JsonValue {
  const spec = specOf(value);
  const { name } = isKerasObject(value) ? value.config : {};
  return isObject(spec) && typeof name === "string" ? { ...spec, name } : spec;
}

/** What stands for one output, for all in a list, or for some in a record by their names, which may be others here. */
function perOutput(
  value: JsonValue,
  read: (item: JsonValue) => JsonValue,
  names: ReadonlyMap<string, string>,
): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => perOutput(item, read, names));
  if (!isObject(value) || typeof value["class_name"] === "string") return read(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [names.get(name) ?? name, perOutput(item, read, names)]),
  );
}

/** The layers that give the outputs, in order. */
function givingOutputs(value: JsonValue | undefined): readonly string[] {
  if (!isList(value)) return [];
  return typeof value[0] === "string" ? [value[0]] : value.flatMap(givingOutputs);
}

/**
 * Our names of outputs by Keras's: those in a record go by its keys in order, others by the layers that give them, which may
 * have been divided here.
 */
function outputNames({ model: object }: KerasContents, model: AnyModel): ReadonlyMap<string, string> {
  const { output_layers: outputs } = object.config;
  const names = isObject(outputs) ? Object.keys(outputs).toSorted() : givingOutputs(outputs);
  return new Map(names.map((name, i) => [name, model.outputNames[i] ?? name] as const).toReversed());
}

function stateOf({ optimizer }: KerasContents): ReadonlyMap<string, Tensor> {
  if (optimizer === undefined) return new Map();
  const { arrays, paths } = optimizer;
  return new Map(paths.map((path, i) => [optimizerVariable(i), arrays.read(path)]));
}

/**
 * How a model was compiled, and the state of its optimizer. What was compiled with code of its own, or without a loss, is
 * noted and has to be compiled again.
 */
export function readTraining(contents: KerasContents, model: AnyModel, notes: Notes): SavedTraining | undefined {
  const { compile_config: compiled } = contents.model;
  if (!isObject(compiled) || Object.keys(compiled).length === 0) return undefined;
  const { optimizer, loss, loss_weights: weights, metrics, weighted_metrics: weighted, ...others } = compiled;
  const { steps_per_execution: steps, ...rest } = others;
  if (loss === undefined || loss === null || !isObject(optimizer ?? null)) {
    notes.ignore(model.name, "how it was compiled: there is no loss, or no optimizer with a configuration.");
    return undefined;
  }
  const names = outputNames(contents, model);
  try {
    const config: JsonObject = {
      optimizer: specOf(optimizer!),
      loss: perOutput(loss, specOf, names),
      lossWeights: perOutput(weights ?? null, specOf, names),
      metrics: perOutput(metrics ?? null, metricOf, names),
      weightedMetrics: perOutput(weighted ?? null, metricOf, names),
      ...(typeof steps === "number" && steps !== 1 ? { stepsPerExecution: steps } : {}),
    };
    const unknown = Object.keys(rest).filter((name) => !ignored.has(name));
    if (unknown.length > 0) notes.ignore(model.name, `options of compile: ${unknown.join(", ")}.`);
    return { config, state: stateOf(contents) };
  } catch (error) {
    if (!(error instanceof LamellaError)) throw error;
    notes.ignore(model.name, `how it was compiled, so compile it again. ${error.message}`);
    return undefined;
  }
}
