import type { Constraint } from "../constraints.ts";
import { defineLayer } from "../define-layer.ts";
import { mulDim } from "../dim.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import type { Initializer } from "../initializers.ts";
import type { LowerContext } from "../lowering.ts";
import { Conv, padsOf, Reshape } from "../operators.ts";
import type { Layout } from "../primitives/attributes.ts";
import { channelAxis } from "../primitives/shape-rules.ts";
import type { Regularizer } from "../regularizers.ts";
import { biasAndActivation, dataFormat, glorotUniform, kernelFields, layoutOf } from "./common.ts";
import { each, kernelFor, perChannel, requireSpatial } from "./spatial.ts";

const { kernelInitializer: _, kernelRegularizer: __, kernelConstraint: ___, ...biasFields } = kernelFields;

/** The fields of both kinds of layers. */
function depthwiseFields(rank: number) {
  return {
    kernelSize: fields.sizes(rank),
    strides: fields.sizes(rank, { default: each(rank, 1) }),
    padding: fields.choice(["valid", "same"], "valid"),
    depthMultiplier: fields.integer({ default: 1, min: 1 }),
    dataFormat: dataFormat(),
    dilationRate: fields.sizes(rank, { default: each(rank, 1) }),
    ...biasFields,
    depthwiseInitializer: fields.initializer(glorotUniform),
    depthwiseRegularizer: fields.regularizer(),
    depthwiseConstraint: fields.constraint(),
  };
}

interface DepthwiseConfig {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: "valid" | "same";
  readonly depthMultiplier: number;
  readonly dataFormat: Layout | null;
  readonly dilationRate: readonly number[];
  readonly depthwiseInitializer: Initializer;
  readonly depthwiseRegularizer: Regularizer | null;
  readonly depthwiseConstraint: Constraint | null;
}

/** Every channel under kernels of its own. Gives channels times depthMultiplier channels. */
function convolvedByChannel(context: LowerContext<DepthwiseConfig>, x: Tracer, weight: string): Tracer {
  const { config } = context;
  const layout = layoutOf(config.dataFormat);
  requireSpatial(context, x, config.kernelSize.length);
  const channels = x.shape[channelAxis(x.rank, layout)]!;
  const kernel = context.weight(weight, [...config.kernelSize, channels, config.depthMultiplier], {
    initializer: config.depthwiseInitializer,
    regularizer: config.depthwiseRegularizer,
    constraint: config.depthwiseConstraint,
  });
  const grouped = Reshape(kernel, [...config.kernelSize, 1, mulDim(channels, config.depthMultiplier)]);
  return Conv(x, kernelFor(grouped, layout), {
    layout,
    strides: config.strides,
    pads: padsOf(config.padding, config.kernelSize.length),
    dilations: config.dilationRate,
    group: Number(channels),
  });
}

/** The definition of a depthwise convolution over `rank` spatial axes. */
function depthwiseConvolution(type: string, rank: number) {
  return defineLayer({
    type,
    fields: depthwiseFields(rank),
    positional: ["kernelSize"],
    casts: "all",
    lower(context, [x]) {
      const layout = layoutOf(context.config.dataFormat);
      const convolved = convolvedByChannel(context, x!.tensor, "kernel");
      const channels = Number(convolved.shape[channelAxis(convolved.rank, layout)]);
      return biasAndActivation(context, convolved, channels, (bias) => perChannel(bias, layout, rank));
    },
  });
}

/** The definition of a depthwise convolution that a convolution of size 1 mixes into `filters` channels. */
function separableConvolution(type: string, rank: number) {
  return defineLayer({
    type,
    fields: {
      filters: fields.integer({ min: 1 }),
      ...depthwiseFields(rank),
      pointwiseInitializer: fields.initializer(glorotUniform),
      pointwiseRegularizer: fields.regularizer(),
      pointwiseConstraint: fields.constraint(),
    },
    positional: ["filters", "kernelSize"],
    casts: "all",
    lower(context, [x]) {
      const { config } = context;
      const { filters } = config;
      const layout = layoutOf(config.dataFormat);
      const convolved = convolvedByChannel(context, x!.tensor, "depthwise_kernel");
      const channels = convolved.shape[channelAxis(convolved.rank, layout)]!;
      const kernel = context.weight("pointwise_kernel", [...each(rank, 1), channels, filters], {
        initializer: config.pointwiseInitializer,
        regularizer: config.pointwiseRegularizer,
        constraint: config.pointwiseConstraint,
      });
      const mixed = Conv(convolved, kernelFor(kernel, layout), {
        layout,
        strides: each(rank, 1),
        pads: padsOf("valid", rank),
        dilations: each(rank, 1),
        group: 1,
      });
      return biasAndActivation(context, mixed, filters, (bias) => perChannel(bias, layout, rank));
    },
  });
}

/** Convolution over steps, every channel by itself. (Keras: DepthwiseConv1D.) */
export const depthwiseConv1d = depthwiseConvolution("DepthwiseConv1D", 1);

/** Convolution over height and width, every channel by itself. (Keras: DepthwiseConv2D.) */
export const depthwiseConv2d = depthwiseConvolution("DepthwiseConv2D", 2);

/** Depthwise convolution over steps, then one of size 1 over the channels. (Keras: SeparableConv1D.) */
export const separableConv1d = separableConvolution("SeparableConv1D", 1);

/** Depthwise convolution over height and width, then one of size 1 over the channels. (Keras: SeparableConv2D.) */
export const separableConv2d = separableConvolution("SeparableConv2D", 2);
