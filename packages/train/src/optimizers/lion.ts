import { Add, fields, Mul, Sign, Sub } from "@lamella/ir";

import { positive } from "../option-fields.ts";
import { shareAfter } from "./moving-average.ts";
import { type RuleDefinition, ruleFields } from "./rule.ts";

const declared = ruleFields(0.001, {
  beta1: positive({ default: 0.9, max: 1 }),
  beta2: fields.number({ default: 0.99 }),
});

/** Moves by the sign of the momentum alone. (Keras: `Lion`.) */
export const lionDefinition: RuleDefinition<typeof declared> = {
  fields: declared,
  slotGroups: () => [["momentum"]],
  prepare({ beta1, beta2 }, { learningRate }) {
    const [share1, share2] = [shareAfter(beta1, learningRate), shareAfter(beta2, learningRate)];
    return (variable, gradient, slots) => {
      const old = slots["momentum"]!;
      const direction = Sign(Add(Mul(old, beta1), Mul(gradient, share1)));
      const momentum = Add(Mul(old, beta2), Mul(gradient, share2));
      return { variable: Sub(variable, Mul(learningRate, direction)), slots: { momentum } };
    };
  },
};
