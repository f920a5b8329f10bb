import {
  type AnyModel,
  type JsonObject,
  type JsonValue,
  LamellaError,
  type SavedTraining,
  snakeCase,
  type Tensor,
} from "@lamella/ir";

import { arraysOf } from "../arrays.ts";
import type { Notes } from "../config/notes.ts";
import { kerasSpelling } from "../config/spelling.ts";
import type { KerasContents } from "../contents.ts";
import { isObject } from "../json.ts";

/** What the optimizer of a training configuration trains with, and how. */
interface Written extends Partial<State> {
  readonly compileConfig?: JsonObject;
}

interface State {
  readonly optimizer: NonNullable<KerasContents["optimizer"]>;
  /** The state of the optimizer inside another one, which Keras writes twice. */
  readonly inner: ReadonlyMap<string, Tensor>;
}

/** How many variables of its own an optimizer has that is around another one. */
const ownVariables = 4;

type Kind = "losses" | "metrics" | "optimizers" | "optimizers.schedules";

/** Keras's spelling of an option: `beta1` of an optimizer is `beta_1`. */
function optionName(name: string): string {
  return kerasSpelling(name.replaceAll(/(beta|epsilon)(\d)/gi, "$1_$2"));
}

/** What Keras keeps beside the configuration, in no file. */
const unwritten = "excludeFromWeightDecay";

/** Texts that are no words. */
const verbatim: ReadonlySet<string> = new Set(["dtype", "name"]);

function objectOf(spec: JsonObject, kind: Kind): JsonValue {
  const { type, config, name } = spec;
  if (typeof type !== "string" || type === "Graph") {
    throw new LamellaError("unsupported", { problem: "A function is among its losses or metrics." });
  }
  const given = { ...(isObject(config) ? config : {}), ...(typeof name === "string" ? { name } : {}) };
  const options = Object.entries(given).filter(
    ([option, value]) => option !== unwritten && !(value === null && verbatim.has(option)),
  );
  return {
    module: `keras.${kind}`,
    class_name: type,
    config: Object.fromEntries(options.map(([option, value]) => [optionName(option), optionValue(option, value)])),
    registered_name: null,
  };
}

function optionValue(option: string, value: JsonValue): JsonValue {
  if (typeof value === "string") return verbatim.has(option) ? value : kerasSpelling(value);
  if (!isObject(value)) return value;
  return objectOf(value, option === "innerOptimizer" ? "optimizers" : "optimizers.schedules");
}

/** A loss or metric by name or with its configuration. */
function measureOf(spec: JsonValue, kind: "losses" | "metrics"): JsonValue {
  if (typeof spec === "string") return snakeCase(spec);
  return isObject(spec) ? objectOf(spec, kind) : spec;
}

/** What stands for the outputs, in their order: names may be others in Keras. */
function inOrder(value: JsonValue, names: readonly string[], write: (item: JsonValue) => JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => inOrder(item, [], write));
  if (!isObject(value) || typeof value["type"] === "string") return write(value);
  const list = names.map((name) => inOrder(value[name] ?? null, [], write));
  return list.length === 1 ? list[0]! : list;
}

/** Metrics of several outputs are lists of lists. */
function metricsOf(value: JsonValue, names: readonly string[]): JsonValue {
  const list = inOrder(value, names, (spec) => measureOf(spec, "metrics"));
  if (!isObject(value) || names.length === 1 || !Array.isArray(list)) return list;
  return list.map((item: JsonValue) => (Array.isArray(item) ? item : item === null ? [] : [item]));
}

/** Whether an optimizer, or the one inside it, has variables that do not decay. */
function excludes({ config }: JsonObject): boolean {
  const { excludeFromWeightDecay: excluded = null, innerOptimizer: inner = null } = isObject(config) ? config : {};
  return (Array.isArray(excluded) && excluded.length > 0) || (isObject(inner) && excludes(inner));
}

/** Optimizers that keep more than Keras finds of them when another one is around them. */
const hides: ReadonlySet<JsonValue> = new Set(["Adafactor", "Nadam"]);

/** The state in Keras's order, which is that of the state, without what stateful layers carry. Keras counts in int64. */
function stateOf({ state, config }: SavedTraining, notes: Notes, where: string): State | undefined {
  const kept = [...state].filter(([name]) => !name.startsWith("carried_"));
  if (kept.length === 0) return undefined;
  const { optimizer = null } = config;
  const options =
    isObject(optimizer) && isObject(optimizer["config"] ?? null) ? (optimizer["config"] as JsonObject) : {};
  const inner = options["innerOptimizer"] ?? null;
  if (isObject(inner) && hides.has(inner["type"] ?? null)) {
    notes.ignore(where, "the state of its optimizer, which Keras keeps in part only.");
    return undefined;
  }
  const counted = (tensor: Tensor) => (tensor.dtype === "int32" ? tensor.cast("int64") : tensor);
  const arrays = new Map(kept.map(([, tensor], i) => [`optimizer/vars/${i}`, counted(tensor)]));
  const within = isObject(inner) ? kept.slice(ownVariables) : [];
  return {
    optimizer: { arrays: arraysOf(arrays), paths: [...arrays.keys()] },
    inner: new Map(within.map(([, tensor], i) => [`optimizer/inner_optimizer/vars/${i}`, counted(tensor)])),
  };
}

/** The `compile_config` of a model and the state of its optimizer. What Keras could not load is noted and left out. */
export function writeTraining(model: AnyModel, training: SavedTraining, notes: Notes): Written {
  const { optimizer, loss = null, lossWeights = null, metrics = null, weightedMetrics = null } = training.config;
  const names = model.outputNames;
  try {
    if (!isObject(optimizer ?? null) || loss === null) {
      throw new LamellaError("unsupported", { problem: "There is no loss that is data." });
    }
    const compileConfig: JsonObject = {
      optimizer: objectOf(optimizer as JsonObject, "optimizers"),
      loss: inOrder(loss, names, (spec) => measureOf(spec, "losses")),
      loss_weights: inOrder(lossWeights, names, (spec) => spec),
      metrics: metricsOf(metrics, names),
      weighted_metrics: metricsOf(weightedMetrics, names),
      run_eagerly: false,
      steps_per_execution: training.config["stepsPerExecution"] ?? 1,
      jit_compile: false,
    };
    if (training.config["autoScaleLoss"] === false) {
      notes.ignore(model.name, "autoScaleLoss: false, which Keras keeps in no file.");
    }
    if (excludes(optimizer as JsonObject)) notes.ignore(model.name, `${unwritten}, which Keras keeps in no file.`);
    const state = stateOf(training, notes, model.name);
    return { compileConfig, ...state };
  } catch (error) {
    if (!(error instanceof LamellaError)) throw error;
    notes.ignore(model.name, `how it was compiled. ${error.message}`);
    return {};
  }
}
