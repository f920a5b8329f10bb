import { elu as eluOf, leakyRelu as leakyReluOf } from "../activations.ts";
import { defineLayer } from "../define-layer.ts";
import type { Shape } from "../dim.ts";
import { fields } from "../fields.ts";
import { Expand, Mul, Neg, Relu, Reshape, Sub, Transpose } from "../operators.ts";
import { zeros } from "./common.ts";

/** What it is given. (Keras: Identity.) */
export const identity = defineLayer({
  type: "Identity",
  fields: {},
  masking: "pass",
  lower: (_, [x]) => x!.tensor,
});

/** x where positive, alpha (e^x - 1) elsewhere. (Keras: ELU.) */
export const elu = defineLayer({
  type: "ELU",
  fields: { alpha: fields.number({ default: 1 }) },
  short: "alpha",
  masking: "pass",
  lower: ({ config }, [x]) => eluOf(x!.tensor, config.alpha),
});

/** x where positive, negativeSlope * x elsewhere. (Keras: LeakyReLU.) */
export const leakyRelu = defineLayer({
  type: "LeakyReLU",
  fields: { negativeSlope: fields.number({ default: 0.3, min: 0 }) },
  short: "negativeSlope",
  masking: "pass",
  lower: ({ config }, [x]) => leakyReluOf(x!.tensor, config.negativeSlope),
});

/** x where positive, a learnt slope times x elsewhere; one slope an element, but for shared axes. (Keras: PReLU.) */
export const prelu = defineLayer({
  type: "PReLU",
  fields: {
    alphaInitializer: fields.initializer(zeros),
    alphaRegularizer: fields.regularizer(),
    alphaConstraint: fields.constraint(),
    sharedAxes: fields.orNull(fields.integers()),
  },
  masking: "pass",
  lower(context, [x]) {
    const { config } = context;
    const shared = config.sharedAxes ?? [];
    const shape: Shape = x!.tensor.shape.slice(1).map((dim, i) => (shared.includes(i + 1) ? 1 : dim));
    const alpha = context.weight("alpha", shape, {
      initializer: config.alphaInitializer,
      regularizer: config.alphaRegularizer,
      constraint: config.alphaConstraint,
    });
    return Sub(Relu(x!.tensor), Mul(alpha, Relu(Neg(x!.tensor))));
  },
});

/** The axes in another order; they count from 1, the batch stays in front. (Keras: Permute.) */
export const permute = defineLayer({
  type: "Permute",
  fields: { dims: fields.integers() },
  positional: ["dims"],
  lower(context, [x]) {
    const { dims } = context.config;
    const wanted = x!.tensor.shape.slice(1).map((_, i) => i + 1);
    if (dims.toSorted((a, b) => a - b).join() !== wanted.join()) {
      throw context.error("config", {
        problem: "'dims' must name every axis but the batch once, counted from 1.",
        expected: `an order of ${wanted.join(", ")} for ${context.sources.join(", ")}`,
        received: `[${dims.join(", ")}]`,
      });
    }
    return Transpose(x!.tensor, [0, ...dims]);
  },
});

/** The features n times over, along a new time axis. (Keras: RepeatVector.) */
export const repeatVector = defineLayer({
  type: "RepeatVector",
  fields: { n: fields.integer({ min: 1 }) },
  positional: ["n"],
  lower(context, [x]) {
    const { tensor } = x!;
    if (tensor.rank !== 2) {
      throw context.error("shape", {
        problem: "The rank of the input does not fit.",
        expected: "rank 2 (batch and features)",
        received: context.sources.join(", "),
      });
    }
    const [batch, features] = tensor.shape;
    return Expand(Reshape(tensor, [batch!, 1, features!]), [batch!, context.config.n, features!]);
  },
});
