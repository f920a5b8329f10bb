import {
  type ConfigOf,
  configToJson,
  type Fields,
  type JsonObject,
  LamellaError,
  parseConfig,
  resolveName,
} from "@lamella/ir";

import type { Schedule } from "../schedules/schedule.ts";
import { adadeltaDefinition } from "./adadelta.ts";
import { adafactorDefinition } from "./adafactor.ts";
import { adagradDefinition } from "./adagrad.ts";
import { adamDefinition, adamwDefinition } from "./adam.ts";
import { adamaxDefinition } from "./adamax.ts";
import { ftrlDefinition } from "./ftrl.ts";
import { lambDefinition } from "./lamb.ts";
import { lionDefinition } from "./lion.ts";
import { lossScaleDefinition } from "./loss-scale.ts";
import { muonDefinition } from "./muon.ts";
import { nadamDefinition } from "./nadam.ts";
import type { Optimizer, OptimizerType } from "./optimizer.ts";
import type { OptimizerPlan, Parameter } from "./plan.ts";
import { rmspropDefinition } from "./rmsprop.ts";
import { planRule } from "./rule-plan.ts";
import type { CommonConfig, RuleDefinition, WrapperDefinition } from "./rule.ts";
import { scheduleFreeAdamwDefinition } from "./schedule-free-adamw.ts";
import { sgdDefinition } from "./sgd.ts";

type Definition = RuleDefinition | WrapperDefinition;

const table = {
  SGD: sgdDefinition,
  RMSprop: rmspropDefinition,
  Adam: adamDefinition,
  AdamW: adamwDefinition,
  Adamax: adamaxDefinition,
  Nadam: nadamDefinition,
  Adagrad: adagradDefinition,
  Adadelta: adadeltaDefinition,
  Ftrl: ftrlDefinition,
  Adafactor: adafactorDefinition,
  Lion: lionDefinition,
  Lamb: lambDefinition,
  Muon: muonDefinition,
  ScheduleFreeAdamW: scheduleFreeAdamwDefinition,
  LossScaleOptimizer: lossScaleDefinition({
    expects: "an optimizer",
    parse: resolveInner,
    toJson: ({ type, config }) => ({ type, config }),
  }),
} satisfies Readonly<Record<OptimizerType, Definition>>;

export type OptimizerConfig<Type extends OptimizerType> = Partial<ConfigOf<(typeof table)[Type]["fields"]>>;

export const optimizerNames = Object.keys(table) as readonly OptimizerType[];

function make(type: OptimizerType, given: object, where: string): Optimizer {
  const declared: Fields = table[type].fields;
  const config: JsonObject = configToJson(declared, parseConfig(declared, { ...given }, where));
  const limits = ["clipnorm", "clipvalue", "globalClipnorm"].filter((name) => (config[name] ?? null) !== null);
  if (limits.length > 1) {
    throw new LamellaError("config", {
      where,
      problem: "Gradients are clipped in one way only.",
      expected: "one of clipnorm, clipvalue and globalClipnorm",
      received: limits.join(" and "),
    });
  }
  return { type, config };
}

function resolveInner(input: unknown, where: string): Optimizer {
  const inner = resolveOptimizer(input, where);
  if ("prepare" in table[inner.type]) return inner;
  throw new LamellaError("config", {
    where,
    problem: `${inner.type} cannot stand inside another optimizer.`,
    expected: "an optimizer that updates variables itself",
    received: inner.type,
  });
}

const factory =
  <Type extends OptimizerType>(type: Type, where: string) =>
  (config: OptimizerConfig<Type> = {}): Optimizer =>
    make(type, config, where);

/** Gradient descent. Defaults: learningRate 0.01, momentum 0, nesterov false. (Keras: `SGD`.) */
export const sgd = factory("SGD", "sgd");

/** Defaults: learningRate 0.001, rho 0.9, momentum 0, epsilon 1e-7, centered false. (Keras: `RMSprop`.) */
export const rmsprop = factory("RMSprop", "rmsprop");

/** Defaults: learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-7, amsgrad false. (Keras: `Adam`.) */
export const adam = factory("Adam", "adam");

/** Adam, and weightDecay 0.004. (Keras: `AdamW`.) */
export const adamw = factory("AdamW", "adamw");

/** Defaults: learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-7. (Keras: `Adamax`.) */
export const adamax = factory("Adamax", "adamax");

/** Defaults: learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-7. (Keras: `Nadam`.) */
export const nadam = factory("Nadam", "nadam");

/** Defaults: learningRate 0.001, initialAccumulatorValue 0.1, epsilon 1e-7. (Keras: `Adagrad`.) */
export const adagrad = factory("Adagrad", "adagrad");

/** Defaults: learningRate 0.001, rho 0.95, epsilon 1e-7. (Keras: `Adadelta`.) */
export const adadelta = factory("Adadelta", "adadelta");

/** Defaults: learningRate 0.001, learningRatePower -0.5, initialAccumulatorValue 0.1, all else 0. (Keras: `Ftrl`.) */
export const ftrl = factory("Ftrl", "ftrl");

/** Defaults: learningRate 0.001, beta2Decay -0.8, epsilon1 1e-30, epsilon2 1e-3, clipThreshold 1. (Keras: `Adafactor`.) */
export const adafactor = factory("Adafactor", "adafactor");

/** Defaults: learningRate 0.001, beta1 0.9, beta2 0.99. (Keras: `Lion`.) */
export const lion = factory("Lion", "lion");

/** Defaults: learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-7. (Keras: `Lamb`.) */
export const lamb = factory("Lamb", "lamb");

/** Muon for matrices, AdamW for all else. Defaults: learningRate 0.001, momentum 0.95, nesterov true, weightDecay 0.004. (Keras: `Muon`.) */
export const muon = factory("Muon", "muon");

/** Defaults: learningRate 0.0025, beta1 0.9, beta2 0.999, epsilon 1e-8, warmupSteps 0. (Keras: `ScheduleFreeAdamW`.) */
export const scheduleFreeAdamw = factory("ScheduleFreeAdamW", "scheduleFreeAdamw");

/**
 * Scales the loss up for another optimizer: by half as much after gradients that are not finite, whose step is left out, and
 * by twice as much after `dynamicGrowthSteps` steps without. Defaults: initialScale 2^15, dynamicGrowthSteps 2000.
 * (Keras: `LossScaleOptimizer`.)
 */
export function lossScaleOptimizer(
  innerOptimizer: Optimizer | (string & {}),
  config: Omit<OptimizerConfig<"LossScaleOptimizer">, "innerOptimizer"> = {},
): Optimizer {
  return make("LossScaleOptimizer", { ...config, innerOptimizer }, "lossScaleOptimizer");
}

/**
 * An optimizer by any spelling of its Keras name, or from `{ type, config }`, as it is saved.
 *
 * @throws LamellaError `name` for an unknown name, `config` for anything else.
 */
export function resolveOptimizer(input: unknown, where = "optimizer"): Optimizer {
  const spec = typeof input === "string" ? { type: input } : input;
  if (typeof spec !== "object" || spec === null || !("type" in spec) || typeof spec.type !== "string") {
    throw new LamellaError("config", {
      where,
      problem: "This is not an optimizer.",
      expected: `a name (${optimizerNames.join(", ")}), or one made by sgd(), adam() and the like`,
      received: JSON.stringify(input),
    });
  }
  const type = resolveName("optimizer", spec.type, optimizerNames, where);
  const config = "config" in spec && typeof spec.config === "object" && spec.config !== null ? spec.config : {};
  return make(type, config, `${where}, ${type}`);
}

/** An optimizer at work on some parameters. */
export function planOptimizer({ type, config }: Optimizer, parameters: readonly Parameter[]): OptimizerPlan {
  const definition: Definition = table[type];
  if ("prepare" in definition) return planRule(definition, config as unknown as CommonConfig, parameters);
  return definition.plan(config, planOptimizer(definition.inner(config), parameters));
}

/** The learning rate that an optimizer starts with. */
export function learningRateOf({ type, config }: Optimizer): number | Schedule {
  const definition: Definition = table[type];
  if ("prepare" in definition) return (config as unknown as CommonConfig).learningRate;
  return learningRateOf(definition.inner(config));
}

/** The optimizer with another learning rate. @throws LamellaError `config` */
export function withLearningRate({ type, config }: Optimizer, learningRate: number): Optimizer {
  const definition: Definition = table[type];
  if ("prepare" in definition) return make(type, { ...config, learningRate }, "learningRate");
  const inner = withLearningRate(definition.inner(config), learningRate);
  return make(type, definition.around(config, inner), "learningRate");
}
