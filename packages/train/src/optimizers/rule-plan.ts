import { Mul } from "@lamella/ir";

import { keptFor, keptIterations, keptLearningRate, keptShared } from "./kept.ts";
import type { Kept, OptimizerPlan, Parameter } from "./plan.ts";
import { RuleStep } from "./rule-step.ts";
import type { CommonConfig, RuleDefinition, SharedScalar } from "./rule.ts";
import { layOutSlots, type SlotLayout } from "./slot-layout.ts";

/** A rule with its configuration, what it trains, and all that it keeps. */
export interface RuleParts {
  readonly definition: RuleDefinition;
  readonly config: CommonConfig;
  readonly parameters: readonly Parameter[];
  readonly iterations: Kept;
  /** Absent when a schedule gives it. */
  readonly learningRate?: Kept;
  /** One a parameter, or none. */
  readonly averages: readonly Kept[];
  /** The sums of the gradients since the last update: one a parameter, or none. */
  readonly sums: readonly Kept[];
  readonly slots: SlotLayout;
  readonly shared: readonly { readonly scalar: SharedScalar; readonly kept: Kept }[];
}

function partsOf(definition: RuleDefinition, config: CommonConfig, parameters: readonly Parameter[]): RuleParts {
  const { learningRate, useEma, gradientAccumulationSteps } = config;
  return {
    definition,
    config,
    parameters,
    iterations: keptIterations(),
    ...(typeof learningRate === "number" ? { learningRate: keptLearningRate(learningRate) } : {}),
    averages: useEma
      ? parameters.map((parameter) => keptFor(parameter, { name: "average", initial: "parameter" }))
      : [],
    sums:
      gradientAccumulationSteps === null
        ? []
        : parameters.map((parameter) => keptFor(parameter, { name: "gradient_accumulator" })),
    slots: layOutSlots(parameters, (parameter) => definition.slotGroups(config, parameter)),
    shared: (definition.shared?.(config) ?? []).map((scalar) => ({ scalar, kept: keptShared(scalar, parameters) })),
  };
}

/** A rule at work on some parameters. */
export function planRule(
  definition: RuleDefinition,
  config: CommonConfig,
  parameters: readonly Parameter[],
): OptimizerPlan {
  const parts = partsOf(definition, config, parameters);
  const { iterations, learningRate, averages, sums, slots, shared } = parts;
  const { lossScaleFactor } = config;
  const rate = learningRate === undefined ? [] : [learningRate];
  const all = [iterations, ...rate, ...averages, ...sums, ...slots.kept, ...shared.map(({ kept }) => kept)];
  return {
    kept: all,
    listed: all,
    iterations,
    ...(learningRate === undefined ? {} : { learningRate }),
    averages: averages.map((average, i) => ({ parameter: parameters[i]!, average })),
    scaleLoss: (loss) => (lossScaleFactor === null ? loss : Mul(loss, lossScaleFactor)),
    step: (step) => new RuleStep(parts, step).result,
  };
}
