import { Add, Div, fields, Max, Min, Mul, Pow, ReduceMean, Reshape, Sqrt, Sub, type Tracer } from "@lamella/ir";

import type { Parameter } from "./plan.ts";
import { type RuleDefinition, ruleFields, type Slot } from "./rule.ts";

const declared = ruleFields(0.001, {
  beta2Decay: fields.number({ default: -0.8 }),
  epsilon1: fields.number({ default: 1e-30 }),
  epsilon2: fields.number({ default: 1e-3 }),
  clipThreshold: fields.number({ default: 1 }),
  /** Limits the learning rate to 1 / sqrt(step), which the formulas do in any case, in Keras as here. */
  relativeStep: fields.boolean(true),
});

/** Rows and columns of a matrix, or of many; Keras also keeps two numbers where there are none, and does not use them. */
function factors({ path, shape }: Parameter): readonly Slot[] {
  const title = path.slice(path.lastIndexOf("/") + 1);
  if (shape.length < 2) {
    const idle: Slot = { name: "idle", title, shape: [], dtype: "int32", idle: true };
    return [idle, idle];
  }
  return [
    { name: "r", title, shape: shape.slice(0, -1) },
    { name: "c", title, shape: [...shape.slice(0, -2), shape.at(-1)!] },
  ];
}

function rootMeanSquare(x: Tracer): Tracer {
  return Sqrt(ReduceMean(Mul(x, x)));
}

/** Mean squares of the gradient by row and column instead of one for every number. (Keras: `Adafactor`.) */
export const adafactorDefinition: RuleDefinition<typeof declared> = {
  fields: declared,
  slotGroups: (_, parameter) => [[...factors(parameter), "velocity"]],
  prepare({ beta2Decay, epsilon1, epsilon2, clipThreshold }, { learningRate, step }) {
    const rho = Min(learningRate, Div(1, Sqrt(step)));
    const beta = Sub(1, Pow(step, beta2Decay));
    const average = (old: Tracer, value: Tracer) => Add(Mul(beta, old), Mul(Sub(1, beta), value));
    return (variable, gradient, slots) => {
      const alpha = Mul(Max(epsilon2, rootMeanSquare(variable)), rho);
      const square = Add(Mul(gradient, gradient), epsilon1);
      const next: Record<string, Tracer> = {};
      if (slots["r"] === undefined) {
        next["velocity"] = average(slots["velocity"]!, square);
      } else {
        const r = average(slots["r"], ReduceMean(square, { axes: [-1] }));
        const c = average(slots["c"]!, ReduceMean(square, { axes: [-2] }));
        const share = Div(r, ReduceMean(r, { axes: [-1], keepdims: true }));
        const columns = Reshape(c, [...c.shape.slice(0, -1), 1, c.shape.at(-1)!]);
        Object.assign(next, { r, c, velocity: Mul(Reshape(share, [...share.shape, 1]), columns) });
      }
      const move = Div(gradient, Sqrt(next["velocity"]!));
      const limited = Div(move, Max(1, Div(rootMeanSquare(move), clipThreshold)));
      return { variable: Sub(variable, Mul(alpha, limited)), slots: next };
    };
  },
};
