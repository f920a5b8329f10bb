import type { JsonObject, JsonValue } from "@lamella/ir";

import { isList, isObject, objectAt } from "../json.ts";
import { oldClassName, own } from "./class-names.ts";
import { pascalCased } from "./objects.ts";
import type { Writer } from "./writer.ts";

/** What Keras 2 and TensorFlow.js called an optimizer's arguments. */
const optimizerNames: Readonly<Record<string, string>> = {
  lr: "learning_rate",
  learningRate: "learning_rate",
  initialAccumulatorValue: "initial_accumulator_value",
  useNesterov: "nesterov",
  beta1: "beta_1",
  beta2: "beta_2",
  use_nesterov: "nesterov",
};

const optimizerClasses: Readonly<Record<string, string>> = {
  RMSProp: "RMSprop",
  Momentum: "SGD",
  sgd: "SGD",
  rmsprop: "RMSprop",
  adam: "Adam",
};

/** The optimizers that `compile` takes by name, and the learning rates that Keras 2 gives them. */
const learningRates: Readonly<Record<string, number>> = {
  Adadelta: 0.001,
  Adafactor: 0.001,
  Adagrad: 0.001,
  Adam: 0.001,
  AdamW: 0.001,
  Adamax: 0.001,
  Ftrl: 0.001,
  Lion: 0.0001,
  Nadam: 0.001,
  RMSprop: 0.001,
  SGD: 0.01,
};

/**
 * An optimizer as an object: archives before Keras 3.5 keep the name where `compile` was given one. Those of Keras 2 do not keep
 * its learning rate, which is that of the class; in those of Keras 3 it stands in the state.
 */
export function optimizerObject(value: JsonValue, { generation }: Writer): JsonValue {
  if (typeof value !== "string") return value;
  const found = Object.entries(learningRates).find(([name]) => name.toLowerCase() === value.toLowerCase());
  if (found === undefined) return value;
  const [className, rate] = found;
  return named("keras.optimizers", className, generation === 3 ? {} : { learning_rate: rate });
}

/** Arguments that say how to compute, and that Keras 3 has in other places or no more. */
const dropped = new Set(["is_legacy_optimizer", "jit_compile", "schedule_decay", "decay"]);

/** What a file says of `compile`, in the form of Keras 3. */
export interface Compiled {
  /** Absent where the file names an optimizer that Keras 3 does not have. */
  readonly config?: JsonObject;
  readonly notes: readonly string[];
}

/** An optimizer in the form of Keras 3. The decay of Keras 2 becomes a schedule, as what it does. */
function currentOptimizer(json: JsonObject, writer: Writer): JsonObject {
  const name = oldClassName(json).replace(/^Custom>/, "");
  const className = own(optimizerClasses, name) ?? name;
  const isTfjsRmsprop = writer.program === "tfjs" && className === "RMSprop";
  const given = objectAt(json["config"] ?? {}, name);
  const config: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(given)) {
    if (isTfjsRmsprop && key === "decay") config["rho"] = value;
    else if (!dropped.has(key)) config[own(optimizerNames, key) ?? key] = currentSchedule(value);
  }
  if (config["epsilon"] === null) config["epsilon"] = 1e-7;
  const { decay } = given;
  const { learning_rate: rate } = config;
  if (typeof decay === "number" && decay > 0 && !isTfjsRmsprop && typeof rate === "number") {
    const schedule = {
      initial_learning_rate: rate,
      decay_steps: 1,
      decay_rate: decay,
      staircase: false,
      name: "decay",
    };
    config["learning_rate"] = named("keras.optimizers.schedules", "InverseTimeDecay", schedule);
  }
  return named("keras.optimizers", className, config);
}

function named(module: string, className: string, config: JsonObject): JsonObject {
  return { module, class_name: className, config, registered_name: null };
}

function currentSchedule(value: JsonValue): JsonValue {
  if (!isObject(value) || typeof value["class_name"] !== "string" || !isObject(value["config"])) return value;
  return named("keras.optimizers.schedules", value["class_name"], value["config"]);
}

/** A loss or metric: a name, or an object, of which those that only wrap a function are the class of the function. */
function currentFunction(value: JsonValue, module: "keras.losses" | "keras.metrics"): JsonValue {
  if (isList(value)) return value.map((item) => currentFunction(item, module));
  if (!isObject(value)) return value;
  const { class_name: className, config } = value;
  if (typeof className !== "string" || !isObject(config)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, currentFunction(item, module)]));
  }
  const { fn, reduction, ...rest } = config;
  const isWrapper = className === "MeanMetricWrapper" || className === "LossFunctionWrapper";
  const name = isWrapper && typeof fn === "string" ? pascalCased(fn) : className;
  const current = reduction === undefined ? {} : { reduction: currentReduction(reduction) };
  return named(module, name, { ...rest, ...current });
}

/** 'auto' of Keras 2 is the mean outside of distributed training. */
function currentReduction(value: JsonValue): JsonValue {
  return value === "auto" ? "sum_over_batch_size" : value;
}

/** Metrics of one output, which Keras 2 puts in a list of lists. */
function flat(value: JsonValue): JsonValue {
  return isList(value) && value.length === 1 && isList(value[0]) ? value[0] : value;
}

/**
 * The `training_config` of Keras 1, 2 and TensorFlow.js as the `compile_config` of Keras 3.
 *
 * @throws LamellaError `format`
 */
export function currentCompileConfig(json: JsonValue, writer: Writer): Compiled {
  const training = objectAt(json, "training_config");
  const { optimizer_config: optimizer, loss_weights: lossWeights, sample_weight_mode: mode } = training;
  if (!isObject(optimizer) || optimizer["class_name"] === "TFOptimizer") {
    return {
      notes: ["The model was compiled with an optimizer that is not in the file: it has to be compiled again."],
    };
  }
  const metrics = (value: JsonValue | undefined) => flat(currentFunction(value ?? null, "keras.metrics"));
  return {
    config: {
      optimizer: currentOptimizer(optimizer, writer),
      loss: currentFunction(training["loss"] ?? null, "keras.losses"),
      loss_weights: lossWeights ?? null,
      metrics: metrics(training["metrics"]),
      weighted_metrics: metrics(training["weighted_metrics"]),
      run_eagerly: false,
      steps_per_execution: 1,
      jit_compile: false,
    },
    notes: mode === "temporal" ? ["Weights of samples went by time steps; give them with two axes."] : [],
  };
}
