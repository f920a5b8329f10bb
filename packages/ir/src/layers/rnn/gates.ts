import type { Shape } from "../../dim.ts";
import { type ConfigOf, fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import { blocks, type Initializer } from "../../initializers.ts";
import type { LowerContext } from "../../lowering.ts";
import { Concat, Mul, SliceAxis } from "../../operators.ts";
import { kernelFields, ones } from "../common.ts";
import { drop } from "../dropout.ts";

/** The fields of every cell that Keras has. */
export const cellFields = {
  ...kernelFields,
  activation: fields.activation("tanh"),
  recurrentInitializer: fields.initializer({ type: "Orthogonal", config: { gain: 1, seed: null } }),
  recurrentRegularizer: fields.regularizer(),
  recurrentConstraint: fields.constraint(),
  dropout: fields.number({ default: 0, min: 0, max: 1 }),
  recurrentDropout: fields.number({ default: 0, min: 0, max: 1 }),
  seed: fields.orNull(fields.integer({ min: 0 })),
};

/** 1: every gate drops inputs of its own; so it is, too, where states are dropped. 2: all gates drop the same. */
export const implementation = fields.integer({ default: 2, min: 1 });

type CellContext = LowerContext<ConfigOf<typeof cellFields>>;

export interface CellWeights {
  readonly kernel: Tracer;
  readonly recurrent: Tracer;
  readonly bias: Tracer | undefined;
}

/** The weights of a cell, the gates side by side in their last axes. */
export function cellWeights(
  context: CellContext,
  shapes: { readonly kernel: Shape; readonly recurrent: Shape; readonly bias: Shape },
  biasInitializer = context.config.biasInitializer,
): CellWeights {
  const { config } = context;
  const kernel = context.weight("kernel", shapes.kernel, {
    initializer: config.kernelInitializer,
    regularizer: config.kernelRegularizer,
    constraint: config.kernelConstraint,
  });
  const recurrent = context.weight("recurrent_kernel", shapes.recurrent, {
    initializer: config.recurrentInitializer,
    regularizer: config.recurrentRegularizer,
    constraint: config.recurrentConstraint,
  });
  if (!config.useBias) return { kernel, recurrent, bias: undefined };
  const bias = context.weight("bias", shapes.bias, {
    initializer: biasInitializer,
    regularizer: config.biasRegularizer,
    constraint: config.biasConstraint,
  });
  return { kernel, recurrent, bias };
}

/** A bias that starts at 1 for the forget gate, so that the memory holds on at first (Jozefowicz et al. 2015). */
export function forgetBias(own: Initializer, units: number): Initializer {
  return blocks([own, units], [ones, units], [own, 2 * units]);
}

/** What to multiply with to drop elements, the same at every step: `count` patterns, or none where nothing is dropped. */
export function dropPatterns(context: CellContext, like: Tracer, rate: number, count: number, shape: Shape): Tracer[] {
  if (!context.training || rate === 0) return [];
  const one = like.builder.scalar(1, like.dtype);
  return Array.from({ length: count }, () => drop(context, one, rate, context.config.seed, shape));
}

/** A product of something and a weight whose last axis holds the gates side by side. */
export interface GateProduct {
  readonly product: (x: Tracer, weight: Tracer) => Tracer;
  /** The axis of the result that holds the gates. Default: the last. */
  readonly axis?: number;
}

/** The product for all gates: at once, or each with a pattern of its own. */
export function project(
  x: Tracer,
  weight: Tracer,
  patterns: readonly Tracer[],
  { product, axis = -1 }: GateProduct,
): Tracer {
  if (patterns.length === 0) return product(x, weight);
  const width = Number(weight.shape.at(-1)!) / patterns.length;
  const gates = patterns.map((pattern, i) =>
    product(Mul(x, pattern), SliceAxis(weight, -1, i * width, (i + 1) * width)),
  );
  return Concat(gates, axis);
}

/** LSTM and GRU drop nothing where they are told to drop everything, as in Keras. */
export function gateRate(rate: number): number {
  return rate === 1 ? 0 : rate;
}
