import {
  type ConfigOf,
  configToJson,
  type Fields,
  type JsonObject,
  LamellaError,
  parseConfig,
  resolveName,
} from "@lamella/ir";

import { adamDefinition } from "./adam.ts";
import { rmspropDefinition } from "./rmsprop.ts";
import type { OptimizerDefinition } from "./rule.ts";
import { sgdDefinition } from "./sgd.ts";

/** An optimizer as plain data: its Keras class and its complete configuration. Its state lives with whoever trains. */
export interface Optimizer {
  readonly type: OptimizerType;
  readonly config: JsonObject & { readonly learningRate: number };
}

const table = { SGD: sgdDefinition, RMSprop: rmspropDefinition, Adam: adamDefinition };

export type OptimizerType = keyof typeof table;
export type OptimizerConfig<Type extends OptimizerType> = Partial<ConfigOf<(typeof table)[Type]["fields"]>>;

export const optimizerNames = Object.keys(table) as readonly OptimizerType[];

export function definitionOf(type: OptimizerType): OptimizerDefinition {
  return table[type];
}

function make(type: OptimizerType, given: object, where: string): Optimizer {
  const declared: Fields = table[type].fields;
  const config = configToJson(declared, parseConfig(declared, { ...given }, where));
  const limits = ["clipnorm", "clipvalue", "globalClipnorm"].filter((name) => config[name] !== null);
  if (limits.length > 1) {
    throw new LamellaError("config", {
      where,
      problem: "Gradients are clipped in one way only.",
      expected: "one of clipnorm, clipvalue and globalClipnorm",
      received: limits.join(" and "),
    });
  }
  return { type, config: config as Optimizer["config"] };
}

/** Gradient descent. Defaults: learningRate 0.01, momentum 0, nesterov false. (Keras: `SGD`.) */
export function sgd(config: OptimizerConfig<"SGD"> = {}): Optimizer {
  return make("SGD", config, "sgd");
}

/** Defaults: learningRate 0.001, rho 0.9, momentum 0, epsilon 1e-7, centered false. (Keras: `RMSprop`.) */
export function rmsprop(config: OptimizerConfig<"RMSprop"> = {}): Optimizer {
  return make("RMSprop", config, "rmsprop");
}

/** Defaults: learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-7, amsgrad false. (Keras: `Adam`.) */
export function adam(config: OptimizerConfig<"Adam"> = {}): Optimizer {
  return make("Adam", config, "adam");
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
      expected: `a name (${optimizerNames.join(", ")}), or one made by sgd(), rmsprop() or adam()`,
      received: JSON.stringify(input),
    });
  }
  const type = resolveName("optimizer", spec.type, optimizerNames, where);
  const config = "config" in spec && typeof spec.config === "object" && spec.config !== null ? spec.config : {};
  return make(type, config, `${where}, ${type}`);
}

/** A tensor that an optimizer keeps for one variable, of its shape and dtype; zeros at first. */
export interface OptimizerSlot {
  /** As Keras names it: the variable's path with the slot's name, `dense_kernel_momentum`. */
  readonly name: string;
  readonly slot: string;
  /** Index of the variable. */
  readonly variable: number;
}

/** What an optimizer keeps for variables with these paths, in Keras's order. */
export function optimizerSlots({ type, config }: Optimizer, paths: readonly string[]): readonly OptimizerSlot[] {
  return definitionOf(type)
    .slotGroups(config)
    .flatMap((group) =>
      paths.flatMap((path, variable) =>
        group.map((slot) => ({ name: `${path.replaceAll("/", "_")}_${slot}`, slot, variable })),
      ),
    );
}
