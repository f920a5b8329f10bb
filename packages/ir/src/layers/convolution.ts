import { defineLayer } from "../define-layer.ts";
import { type Field, fields } from "../fields.ts";
import type { LowerContext } from "../lowering.ts";
import { Conv, padsOf } from "../operators.ts";
import type { Pads } from "../primitives/attributes.ts";
import { channelAxis } from "../primitives/shape-rules.ts";
import { biasAndActivation, dataFormat, kernelFields, layoutOf } from "./common.ts";
import { each, kernelFor, perChannel, requireSpatial } from "./spatial.ts";

type Padding = "valid" | "same" | "causal";

const plainPadding = fields.choice(["valid", "same"], "valid");

interface Windows {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
}

/** Causal: as much before the sequence as lets the window end at every step. */
function padsFor(padding: Padding, { kernelSize, dilationRate }: Windows): Pads {
  if (padding !== "causal") return padsOf(padding, kernelSize.length);
  return [...kernelSize.map((size, i) => (size - 1) * dilationRate[i]!), ...each(kernelSize.length, 0)];
}

/** Refuses what no convolution of Keras does but the depthwise ones. */
export function requireStrideOrDilation(context: LowerContext<unknown>, { strides, dilationRate }: Windows): void {
  if (strides.every((stride) => stride === 1) || dilationRate.every((rate) => rate === 1)) return;
  throw context.error("config", {
    problem: "strides and dilationRate cannot both be above 1.",
    received: `strides [${strides.join(", ")}], dilationRate [${dilationRate.join(", ")}]`,
  });
}

/** The definition of a convolution over `rank` spatial axes. */
function convolution<P extends Padding>(type: string, rank: number, padding: Field<P>) {
  return defineLayer({
    type,
    fields: {
      filters: fields.integer({ min: 1 }),
      kernelSize: fields.sizes(rank),
      strides: fields.sizes(rank, { default: each(rank, 1) }),
      padding,
      dataFormat: dataFormat(),
      dilationRate: fields.sizes(rank, { default: each(rank, 1) }),
      groups: fields.integer({ default: 1, min: 1 }),
      ...kernelFields,
    },
    positional: ["filters", "kernelSize"],
    casts: "all",
    lower(context, [x]) {
      const { config } = context;
      const { tensor } = x!;
      const layout = layoutOf(config.dataFormat);
      requireSpatial(context, tensor, rank);
      const channels = tensor.shape[channelAxis(tensor.rank, layout)]!;
      const { groups, filters } = config;
      if (filters % groups !== 0 || (typeof channels === "number" && channels % groups !== 0)) {
        throw context.error("config", {
          problem: "The groups do not divide the channels.",
          expected: "input channels and filters that are multiples of groups",
          received: `${channels} input channels, ${filters} filters, ${groups} groups`,
        });
      }
      requireStrideOrDilation(context, config);
      const inputs = typeof channels === "number" ? channels / groups : channels;
      const kernel = context.weight("kernel", [...config.kernelSize, inputs, filters], {
        initializer: config.kernelInitializer,
        regularizer: config.kernelRegularizer,
        constraint: config.kernelConstraint,
      });
      const convolved = Conv(tensor, kernelFor(kernel, layout), {
        layout,
        strides: config.strides,
        pads: padsFor(config.padding, config),
        dilations: config.dilationRate,
        group: groups,
      });
      return biasAndActivation(context, convolved, filters, (bias) => perChannel(bias, layout, rank));
    },
  });
}

/** Convolution over steps; causal padding looks at no later step. (Keras: Conv1D.) */
export const conv1d = convolution("Conv1D", 1, fields.choice(["valid", "same", "causal"], "valid"));

/** Convolution over height and width. (Keras: Conv2D.) */
export const conv2d = convolution("Conv2D", 2, plainPadding);

/** Convolution over depth, height and width. (Keras: Conv3D.) */
export const conv3d = convolution("Conv3D", 3, plainPadding);
