import { defineLayer } from "../define-layer.ts";
import { type Field, fields } from "../fields.ts";
import { Conv, padsOf, Reshape, Transpose } from "../operators.ts";
import { channelAxis } from "../primitives/shape-rules.ts";
import { biasAndActivation, dataFormat, kernelFields, layoutOf } from "./common.ts";

type Sizes = Field<readonly number[], number | readonly number[]>;

/** The definition of a convolution over `rank` spatial axes. */
function convolution(type: string, rank: number) {
  const all = (value: number) => Array.from({ length: rank }, () => value);
  const kernelSize: Sizes = fields.sizes(rank);
  return defineLayer({
    type,
    fields: {
      filters: fields.integer({ min: 1 }),
      kernelSize,
      strides: fields.sizes(rank, { default: all(1) }),
      padding: fields.choice(["valid", "same"], "valid"),
      dataFormat: dataFormat(),
      dilationRate: fields.sizes(rank, { default: all(1) }),
      groups: fields.integer({ default: 1, min: 1 }),
      ...kernelFields,
    },
    positional: ["filters", "kernelSize"],
    casts: "all",
    lower(context, [x]) {
      const { config } = context;
      const { tensor } = x!;
      const layout = layoutOf(config.dataFormat);
      if (tensor.rank !== rank + 2) {
        throw context.error("shape", {
          problem: "The rank of the input does not fit.",
          expected: `rank ${rank + 2} (batch, ${rank} spatial axes and channels)`,
          received: context.sources.join(", "),
        });
      }
      const channels = tensor.shape[channelAxis(tensor.rank, layout)]!;
      const { groups, filters } = config;
      if (filters % groups !== 0 || (typeof channels === "number" && channels % groups !== 0)) {
        throw context.error("config", {
          problem: "The groups do not divide the channels.",
          expected: "input channels and filters that are multiples of groups",
          received: `${channels} input channels, ${filters} filters, ${groups} groups`,
        });
      }
      if (config.strides.some((stride) => stride > 1) && config.dilationRate.some((rate) => rate > 1)) {
        throw context.error("config", {
          problem: "strides and dilationRate cannot both be above 1.",
          received: `strides [${config.strides.join(", ")}], dilationRate [${config.dilationRate.join(", ")}]`,
        });
      }
      const inputs = typeof channels === "number" ? channels / groups : channels;
      const kernel = context.weight("kernel", [...config.kernelSize, inputs, filters], {
        initializer: config.kernelInitializer,
        regularizer: config.kernelRegularizer,
        constraint: config.kernelConstraint,
      });
      const spatial = config.kernelSize.map((_, i) => i);
      const weight = layout === "channelsLast" ? kernel : Transpose(kernel, [rank + 1, rank, ...spatial]);
      const convolved = Conv(tensor, weight, {
        layout,
        strides: config.strides,
        pads: padsOf(config.padding, rank),
        dilations: config.dilationRate,
        group: groups,
      });
      return biasAndActivation(context, convolved, filters, (bias) =>
        layout === "channelsLast" ? bias : Reshape(bias, [filters, ...all(1)]),
      );
    },
  });
}

/** Convolution over height and width. (Keras: Conv2D.) */
export const conv2d = convolution("Conv2D", 2);
