import { Add, Cast, type DType, Mul, Sub, type Tracer } from "@lamella/ir";

import { clipGradients } from "./clip.ts";
import { definitionOf, type Optimizer, optimizerSlots } from "./optimizers.ts";
import type { CommonConfig, UpdateVariable } from "./rule.ts";

export interface OptimizerStep {
  readonly optimizer: Optimizer;
  /** Steps done so far, int32. */
  readonly iterations: Tracer;
  /** A scalar, so that it can change while training. */
  readonly learningRate: Tracer;
  readonly variables: readonly Tracer[];
  /** One a variable. */
  readonly gradients: readonly Tracer[];
  /** In the order of `optimizerSlots`. */
  readonly slots: readonly Tracer[];
}

export interface OptimizerResult {
  readonly iterations: Tracer;
  readonly variables: readonly Tracer[];
  readonly slots: readonly Tracer[];
}

/** One step of an optimizer, with Keras's formulas in the variables' dtypes: clips, decays, updates. */
export function applyGradients(step: OptimizerStep): OptimizerResult {
  const { optimizer, variables } = step;
  const config = optimizer.config as unknown as CommonConfig;
  const iterations = Add(step.iterations, 1);
  const layout = optimizerSlots(
    optimizer,
    variables.map(() => ""),
  );
  const learningRates = new Map<DType, Tracer>();
  const rules = new Map<DType, UpdateVariable>();
  const ruleFor = (dtype: DType): UpdateVariable => {
    const known = rules.get(dtype);
    if (known !== undefined) return known;
    const learningRate = Cast(step.learningRate, dtype);
    const rule = definitionOf(optimizer.type).prepare(optimizer.config, {
      learningRate,
      step: Cast(iterations, dtype),
    });
    learningRates.set(dtype, learningRate);
    rules.set(dtype, rule);
    return rule;
  };
  const clipped = clipGradients(step.gradients, config);
  const updated = variables.map((variable, i) => {
    const update = ruleFor(variable.dtype);
    const own = layout.flatMap(({ slot, variable: owner }, at) =>
      owner === i ? [[slot, step.slots[at]!] as const] : [],
    );
    const decayed =
      config.weightDecay === null
        ? variable
        : Sub(variable, Mul(Mul(variable, config.weightDecay), learningRates.get(variable.dtype)!));
    return update(decayed, Cast(clipped[i]!, variable.dtype), Object.fromEntries(own));
  });
  return {
    iterations,
    variables: updated.map(({ variable }) => variable),
    slots: layout.map(({ slot, variable }) => updated[variable]!.slots[slot]!),
  };
}
