import { Add, type ConfigOf, Div, fields, Max, Mul, Pow, Sqrt, Sub, type Tracer } from "@lamella/ir";

import { movingAverage } from "./moving-average.ts";
import { type RuleDefinition, ruleFields, type RuleInputs, type UpdateParameter } from "./rule.ts";

const own = {
  beta1: fields.number({ default: 0.9 }),
  beta2: fields.number({ default: 0.999 }),
  epsilon: fields.number({ default: 1e-7 }),
  amsgrad: fields.boolean(false),
};
const declared = ruleFields(0.001, own);
const declaredWithDecay = ruleFields(0.001, { ...own, weightDecay: fields.number({ default: 0.004, min: 0 }) });

/** A parameter's update from `momentum`, `velocity` and, with amsgrad, `velocity_hat`. */
export function prepareAdam(
  { beta1, beta2, epsilon, amsgrad }: ConfigOf<typeof own>,
  { learningRate, step }: Pick<RuleInputs, "learningRate" | "step">,
): UpdateParameter {
  const correction = (beta: number) => Sub(1, Pow(beta, step));
  const alpha = Div(Mul(learningRate, Sqrt(correction(beta2))), correction(beta1));
  return (variable, gradient, slots) => {
    const momentum = movingAverage(slots["momentum"]!, gradient, 1 - beta1);
    const velocity = movingAverage(slots["velocity"]!, Mul(gradient, gradient), 1 - beta2);
    const next: Record<string, Tracer> = { momentum, velocity };
    let scale = velocity;
    if (amsgrad) {
      scale = Max(slots["velocity_hat"]!, velocity);
      next["velocity_hat"] = scale;
    }
    return { variable: Sub(variable, Div(Mul(momentum, alpha), Add(Sqrt(scale), epsilon))), slots: next };
  };
}

function slotGroups({ amsgrad }: ConfigOf<typeof own>): readonly (readonly string[])[] {
  return [["momentum", "velocity"], ...(amsgrad ? [["velocity_hat"]] : [])];
}

/** Moving averages of the gradient and of its square, corrected for their start at 0. (Keras: `Adam`.) */
export const adamDefinition: RuleDefinition<typeof declared> = {
  fields: declared,
  slotGroups,
  prepare: prepareAdam,
};

/** Adam with a weight decay. (Keras: `AdamW`.) */
export const adamwDefinition: RuleDefinition<typeof declaredWithDecay> = {
  fields: declaredWithDecay,
  slotGroups,
  prepare: prepareAdam,
};
