import { Add, Div, fields, MatMul, Mul, ReduceSum, Sqrt, Sub, type Tracer, Transpose } from "@lamella/ir";

import { matches, patterns } from "../option-fields.ts";
import { prepareAdam } from "./adam.ts";
import type { Parameter } from "./plan.ts";
import { type RuleDefinition, ruleFields } from "./rule.ts";

const declared = ruleFields(0.001, {
  weightDecay: fields.orNull(fields.number({ default: 0.004, min: 0 })),
  adamBeta1: fields.number({ default: 0.9 }),
  adamBeta2: fields.number({ default: 0.999 }),
  adamWeightDecay: fields.orNull(fields.number({ default: 0.004, min: 0 })),
  epsilon: fields.number({ default: 1e-7 }),
  /** Variables in whose paths one of these occurs are Adam's. */
  excludeLayers: patterns(),
  excludeEmbeddings: fields.boolean(true),
  muonA: fields.number({ default: 3.4445 }),
  muonB: fields.number({ default: -4.775 }),
  muonC: fields.number({ default: 2.0315 }),
  adamLrRatio: fields.number({ default: 1 }),
  momentum: fields.number({ default: 0.95 }),
  nsSteps: fields.integer({ default: 5, min: 0 }),
  nesterov: fields.boolean(true),
  rmsRate: fields.orNull(fields.number({ default: 0.2 })),
});

type Exclusions = Readonly<{ excludeLayers: readonly string[]; excludeEmbeddings: boolean }>;

/** Whether a parameter is Adam's: all but matrices, and what is excluded. */
function isAdams({ excludeLayers, excludeEmbeddings }: Exclusions, { path, shape }: Parameter): boolean {
  if (shape.length !== 2) return true;
  return (excludeEmbeddings && path.toLowerCase().includes("embedding")) || matches(path, excludeLayers);
}

/** A matrix with its singular values brought near 1, by `steps` Newton-Schulz iterations with a, b, c. */
function orthogonalized(matrix: Tracer, [a, b, c]: readonly [number, number, number], steps: number): Tracer {
  const flipped = (x: Tracer) => Transpose(x, [1, 0]);
  const tall = matrix.shape[0]! > matrix.shape[1]!;
  let x = tall ? flipped(matrix) : matrix;
  x = Div(x, Add(Sqrt(ReduceSum(Mul(x, x), { keepdims: true })), 1e-7));
  for (let i = 0; i < steps; i++) {
    const square = MatMul(x, flipped(x));
    const factor = Add(Mul(b, square), MatMul(Mul(c, square), square));
    x = Add(Mul(a, x), MatMul(factor, x));
  }
  return tall ? flipped(x) : x;
}

/** Orthogonalized momentum for matrices, AdamW for all else. (Keras: `Muon`.) */
export const muonDefinition: RuleDefinition<typeof declared> = {
  fields: declared,
  slotGroups: (config, parameter) => [["momentum", ...(isAdams(config, parameter) ? ["velocity"] : [])]],
  decayOf: (config, parameter) => (isAdams(config, parameter) ? config.adamWeightDecay : config.weightDecay),
  prepare(config, { learningRate, step }) {
    const { adamBeta1: beta1, adamBeta2: beta2, epsilon, momentum: mu, rmsRate } = config;
    const adamsRate = Mul(learningRate, config.adamLrRatio);
    const adam = prepareAdam({ beta1, beta2, epsilon, amsgrad: false }, { learningRate: adamsRate, step });
    return (variable, gradient, slots) => {
      if (slots["velocity"] !== undefined) return adam(variable, gradient, slots);
      const momentum = Add(slots["momentum"]!, Add(gradient, Mul(slots["momentum"]!, mu - 1)));
      const direction = config.nesterov ? Add(gradient, Mul(mu, momentum)) : momentum;
      const update = orthogonalized(direction, [config.muonA, config.muonB, config.muonC], config.nsSteps);
      const small = Mul(learningRate, update);
      const longest = Math.max(...variable.shape.map(Number));
      const move = rmsRate === null ? small : Mul(Mul(small, Math.sqrt(longest)), rmsRate);
      return { variable: Sub(variable, move), slots: { momentum } };
    };
  },
};
