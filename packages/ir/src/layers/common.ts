import { activate, type Activation } from "../activations.ts";
import type { Constraint } from "../constraints.ts";
import { isFloating } from "../dtype.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import type { Initializer } from "../initializers.ts";
import type { LowerContext } from "../lowering.ts";
import { Add, Cast } from "../operators.ts";
import type { Layout } from "../primitives/attributes.ts";
import type { Regularizer } from "../regularizers.ts";

export const zeros: Initializer = { type: "Zeros", config: {} };
export const ones: Initializer = { type: "Ones", config: {} };
export const glorotUniform: Initializer = { type: "GlorotUniform", config: { seed: null } };

/** The fields of layers with a kernel, a bias and an activation. */
export const kernelFields = {
  activation: fields.activation(),
  useBias: fields.boolean(true),
  kernelInitializer: fields.initializer(glorotUniform),
  biasInitializer: fields.initializer(zeros),
  kernelRegularizer: fields.regularizer(),
  biasRegularizer: fields.regularizer(),
  kernelConstraint: fields.constraint(),
  biasConstraint: fields.constraint(),
};

/** Integers and booleans as float32, which is what Keras computes in. */
export function asFloat(x: Tracer): Tracer {
  return isFloating(x.dtype) ? x : Cast(x, "float32");
}

/** Where the channels are; null means Keras's default, the last axis. */
export const dataFormat = () => fields.orNull(fields.choice(["channelsLast", "channelsFirst"]));

export function layoutOf(format: Layout | null): Layout {
  return format ?? "channelsLast";
}

interface BiasConfig {
  readonly useBias: boolean;
  readonly biasInitializer: Initializer;
  readonly biasRegularizer: Regularizer | null;
  readonly biasConstraint: Constraint | null;
  readonly activation: Activation;
}

/** Adds the bias when there is one, in the shape that broadcasts, and applies the activation. */
export function biasAndActivation(
  context: LowerContext<BiasConfig>,
  x: Tracer,
  units: number,
  shaped: (bias: Tracer) => Tracer = (bias) => bias,
): Tracer {
  const { config } = context;
  if (!config.useBias) return activate(config.activation, x);
  const bias = context.weight("bias", [units], {
    initializer: config.biasInitializer,
    regularizer: config.biasRegularizer,
    constraint: config.biasConstraint,
  });
  return activate(config.activation, Add(x, shaped(bias)));
}
