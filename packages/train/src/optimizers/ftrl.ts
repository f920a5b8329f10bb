import { Add, Div, fields, Max, Min, Mul, Pow, Sub } from "@lamella/ir";

import { type RuleDefinition, ruleFields } from "./rule.ts";

const strength = () => fields.number({ default: 0, min: 0 });

const declared = ruleFields(0.001, {
  learningRatePower: fields.number({ default: -0.5, max: 0 }),
  initialAccumulatorValue: fields.number({ default: 0.1, min: 0 }),
  l1RegularizationStrength: strength(),
  l2RegularizationStrength: strength(),
  l2ShrinkageRegularizationStrength: strength(),
  beta: fields.number({ default: 0 }),
});

/** Follows the regularized leader: variables are set, not moved, and many of them to 0. (Keras: `Ftrl`.) */
export const ftrlDefinition: RuleDefinition<typeof declared> = {
  fields: declared,
  slotGroups: ({ initialAccumulatorValue }) => [[{ name: "accumulator", initial: initialAccumulatorValue }, "linear"]],
  prepare(config, { learningRate }) {
    const { l1RegularizationStrength: l1, l2RegularizationStrength: l2, learningRatePower, beta } = config;
    const shrinkage = 2 * config.l2ShrinkageRegularizationStrength;
    const ridge = Mul(2, Add(l2, Div(beta, Mul(2, learningRate))));
    return (variable, gradient, slots) => {
      const before = slots["accumulator"]!;
      const accumulator = Add(before, Mul(gradient, gradient));
      const power = Pow(accumulator, -learningRatePower);
      const sigma = Div(Sub(power, Pow(before, -learningRatePower)), learningRate);
      const shrunk = Add(gradient, Mul(shrinkage, variable));
      const linear = Add(slots["linear"]!, Sub(shrunk, Mul(sigma, variable)));
      const quadratic = Add(Div(power, learningRate), ridge);
      const clipped = Min(Max(linear, -l1), l1);
      return { variable: Div(Sub(clipped, linear), quadratic), slots: { accumulator, linear } };
    };
  },
};
