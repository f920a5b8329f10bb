import { Add, Cast, Div, Equal, type Field, fields, Mul, ReduceSum, Sub, type Tracer, Where } from "@lamella/ir";

import { positive } from "../option-fields.ts";
import { keptIterations, keptLearningRate } from "./kept.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Kept, OptimizerPlan, PlanResult, PlanStep } from "./plan.ts";
import type { WrapperDefinition } from "./rule.ts";

interface ScaleConfig {
  readonly initialScale: number;
  readonly dynamicGrowthSteps: number;
}

/** True when all numbers are finite: what is not leaves NaN when it is taken off itself. */
function allFinite(tensors: readonly Tracer[]): Tracer {
  const rests = tensors.map((x) => Cast(ReduceSum(Sub(x, x)), "float32"));
  return Equal(
    rests.reduce((sum, rest) => Add(sum, rest)),
    0,
  );
}

function planScale({ initialScale, dynamicGrowthSteps }: ScaleConfig, inner: OptimizerPlan): OptimizerPlan {
  const counter: Kept = { name: "step_counter", shape: [], dtype: "int32", initial: 0 };
  const scale: Kept = { name: "dynamic_scale", shape: [], dtype: "float32", initial: initialScale };
  const present = <T>(values: readonly (T | undefined)[]) => values.filter((value) => value !== undefined);

  function step({ read, slopes }: PlanStep): PlanResult {
    const gradients = present(slopes).map(({ gradient }) => gradient);
    if (gradients.length === 0) return inner.step({ read, slopes });
    const finite = allFinite(gradients);
    const result = inner.step({
      read,
      slopes: slopes.map((slope) =>
        slope === undefined
          ? undefined
          : { value: slope.value, gradient: Div(slope.gradient, Cast(read(scale), slope.gradient.dtype)) },
      ),
    });
    const [count, factor] = [read(counter), read(scale)];
    const grows = Equal(count, dynamicGrowthSteps - 1);
    const kept = new Map<Kept, Tracer>([
      [counter, Where(finite, Where(grows, 0, Add(count, 1)), 0)],
      [scale, Where(finite, Where(grows, Mul(factor, 2), factor), Mul(factor, 0.5))],
    ]);
    for (const [known, value] of result.kept) kept.set(known, Where(finite, value, read(known)));
    return {
      values: result.values.map((value, i) =>
        value === undefined ? undefined : Where(finite, value, slopes[i]!.value),
      ),
      kept,
    };
  }

  // Keras gives it a counter and a learning rate too, and does not use them.
  const own = [keptIterations(), keptLearningRate(0), counter, scale];
  return {
    ...inner,
    kept: [...own, ...inner.kept],
    listed: [...own, ...inner.listed.filter(({ attribute }) => attribute !== true)],
    scaleLoss: (loss, read) => Mul(loss, Cast(read(scale), loss.dtype)),
    step,
  };
}

/** Whether an optimizer leaves out steps with gradients that are not finite, so that these may pass. */
export function skipsNonFinite({ type }: Optimizer): boolean {
  return type === "LossScaleOptimizer";
}

/** The fields around the one for the other optimizer, which only the table of all of them can read. */
export function lossScaleDefinition(inner: Field<Optimizer>) {
  const declared = {
    innerOptimizer: inner,
    initialScale: positive({ default: 2 ** 15 }),
    dynamicGrowthSteps: fields.integer({ default: 2000, min: 1 }),
  };
  const definition: WrapperDefinition<typeof declared> = {
    fields: declared,
    inner: ({ innerOptimizer: { type, config } }) => ({ type, config: { ...config, lossScaleFactor: null } }),
    around: (config, innerOptimizer) => ({ ...config, innerOptimizer }),
    plan: planScale,
  };
  return definition;
}
