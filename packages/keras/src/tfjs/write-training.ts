import { type AnyModel, type JsonObject, type JsonValue, snakeCase, type Tensor } from "@lamella/ir";

import type { KerasContents } from "../contents.ts";
import { isList, isObject } from "../json.ts";
import { tfjsVariables } from "./write-weights.ts";

/** How a model was compiled, as tfjs-layers saves it, and the state of the optimizer. */
export interface TfjsTraining {
  readonly config: JsonObject;
  /** Under tfjs-layers' names, in the order that it takes them back. */
  readonly state: readonly (readonly [name: string, value: Tensor])[];
}

/** An option of tfjs-core: Keras's name for it, and Keras's default. */
type Option = readonly [keras: string, fallback: number | boolean];

/** What an optimizer of tfjs-core is called, what it keeps in Keras's order, and its options. */
interface Known {
  readonly name: string;
  readonly slots: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
}

const learningRate: Option = ["learning_rate", 0.001];
const epsilon: Option = ["epsilon", 1e-7];

const optimizers: Readonly<Record<string, Known>> = {
  Adam: {
    name: "Adam",
    slots: ["m", "v"],
    options: { learningRate, beta1: ["beta_1", 0.9], beta2: ["beta_2", 0.999], epsilon },
  },
  Adagrad: {
    name: "Adagrad",
    slots: ["accumulator"],
    options: { learningRate, initialAccumulatorValue: ["initial_accumulator_value", 0.1] },
  },
  Adadelta: {
    name: "Adadelta",
    slots: ["accum_grad", "accum_var"],
    options: { learningRate, rho: ["rho", 0.95], epsilon },
  },
};

const plainSgd: Known = { name: "SGD", slots: [], options: { learningRate: ["learning_rate", 0.01] } };
const momentumSgd: Known = {
  name: "Momentum",
  slots: [],
  options: { ...plainSgd.options, momentum: ["momentum", 0], useNesterov: ["nesterov", false] },
};

function knownOptimizer(className: JsonValue, config: JsonObject): Known | undefined {
  if (className === "SGD") return (config["momentum"] ?? 0) === 0 ? plainSgd : momentumSgd;
  return typeof className === "string" && Object.hasOwn(optimizers, className) ? optimizers[className] : undefined;
}

/** Options that tfjs-core's optimizers do not have, which then must not do anything. */
const idle = [
  "clipnorm",
  "clipvalue",
  "global_clipnorm",
  "weight_decay",
  "gradient_accumulation_steps",
  "loss_scale_factor",
];

const losses = new Set([
  "mean_squared_error",
  "mean_absolute_error",
  "mean_absolute_percentage_error",
  "mean_squared_logarithmic_error",
  "squared_hinge",
  "hinge",
  "categorical_hinge",
  "categorical_crossentropy",
  "sparse_categorical_crossentropy",
  "binary_crossentropy",
  "poisson",
]);

const shortNames: Readonly<Record<string, string>> = {
  mse: "mean_squared_error",
  mae: "mean_absolute_error",
  mape: "mean_absolute_percentage_error",
  msle: "mean_squared_logarithmic_error",
};

const metrics: Readonly<Record<string, string>> = {
  accuracy: "accuracy",
  acc: "accuracy",
  binary_accuracy: "binary_accuracy",
  categorical_accuracy: "categorical_accuracy",
  mean_squared_error: "mse",
  mean_absolute_error: "mae",
  mean_absolute_percentage_error: "mape",
};

/** The name of a loss or metric whose options are as they are by default; undefined for others. */
function nameOf(value: JsonValue): string | undefined {
  if (typeof value === "string") return shortNames[value] ?? value;
  if (!isObject(value) || typeof value["class_name"] !== "string") return undefined;
  const ordinary: Readonly<Record<string, readonly JsonValue[]>> = {
    reduction: ["sum_over_batch_size"],
    from_logits: [false],
    label_smoothing: [0],
    axis: [-1],
    threshold: [0.5],
    ignore_class: [null],
  };
  const config = Object.entries(isObject(value["config"]) ? value["config"] : {});
  const isPlain = config.every(([key, item]) => ordinary[key]?.includes(item) ?? ["name", "dtype"].includes(key));
  return isPlain ? snakeCase(value["class_name"]) : undefined;
}

function each<T>(value: JsonValue, map: (item: JsonValue) => T | undefined): readonly T[] | undefined {
  const mapped = (isList(value) ? value.flat() : [value]).map((item) => map(item));
  return mapped.every((item) => item !== undefined) ? mapped : undefined;
}

/**
 * The training configuration of a model for tfjs-layers, or undefined where tfjs-layers has no such optimizer, loss or metric.
 * Momentum's state is left out: there it sums gradients up, in Keras steps.
 */
export function tfjsTraining(model: AnyModel, contents: KerasContents): TfjsTraining | undefined {
  const { compile_config: compile } = contents.model;
  const optimizer = compile?.["optimizer"];
  if (compile === undefined || !isObject(optimizer) || !isObject(optimizer["config"])) return undefined;
  const { config } = optimizer;
  const known = knownOptimizer(optimizer["class_name"] ?? null, config);
  const isPlain = idle.every((option) => (config[option] ?? null) === null) && config["amsgrad"] !== true;
  const lossNames = each(compile["loss"] ?? null, (loss) => {
    const name = nameOf(loss);
    return name !== undefined && losses.has(name) ? name : undefined;
  });
  const metricNames =
    (compile["metrics"] ?? null) === null ? [] : each(compile["metrics"]!, (metric) => metrics[nameOf(metric) ?? ""]);
  const isWeighted = (compile["loss_weights"] ?? null) !== null || (compile["weighted_metrics"] ?? null) !== null;
  if (known === undefined || !isPlain || lossNames === undefined || metricNames === undefined || isWeighted)
    return undefined;
  const options = Object.entries(known.options).map(([ours, [theirs, fallback]]): [string, JsonValue] => {
    return [ours, config[theirs] ?? fallback];
  });
  if (options.some(([, value]) => isObject(value))) return undefined;
  return {
    config: {
      loss: lossNames.length === 1 ? lossNames[0]! : lossNames,
      metrics: metricNames,
      optimizer_config: { class_name: known.name, config: Object.fromEntries(options) },
    },
    state: stateOf(model, contents, known.slots),
  };
}

/** What the optimizer keeps: for tfjs-core all of the first thing kept, then all of the second. Keras interleaves them. */
function stateOf(model: AnyModel, { optimizer }: KerasContents, slots: readonly string[]): TfjsTraining["state"] {
  if (optimizer === undefined) return [];
  const { arrays, paths } = optimizer;
  const trained = new Set(model.trainableWeights);
  const named = tfjsVariables(model).filter(([, variable]) => trained.has(variable));
  const names = model.trainableWeights.map((variable) => named.find(([, other]) => other === variable)?.[0]);
  const kept = paths.slice(paths.length - names.length * slots.length);
  if (names.some((name) => name === undefined) || paths.length - kept.length > 2) return [];
  const state = slots.flatMap((slot, s) =>
    names.map((name, i) => [`${name}/${slot}`, arrays.read(kept[i * slots.length + s]!)] as const),
  );
  return [["iter", arrays.read(paths[0]!).cast("int32")], ...state];
}
