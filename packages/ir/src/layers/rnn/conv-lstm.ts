import { defineLayer } from "../../define-layer.ts";
import type { Dim, Shape } from "../../dim.ts";
import { mulDim } from "../../dim.ts";
import { type Field, fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import type { LowerContext } from "../../lowering.ts";
import { Add, Conv, padsOf, Reshape, Transpose } from "../../operators.ts";
import type { Pads } from "../../primitives/attributes.ts";
import { channelAxis } from "../../primitives/shape-rules.ts";
import { dataFormat, layoutOf } from "../common.ts";
import { defineCell } from "./define-cell.ts";
import { cellFields, cellWeights, dropPatterns, forgetBias, gateRate, project } from "./gates.ts";
import { lstmStep } from "./lstm.ts";
import { partOf } from "./part.ts";
import { recurrentFields, requireRank, runRecurrent } from "./recurrent.ts";

type Sizes = Field<readonly number[], number | readonly number[]>;

/** Several leading axes as one. */
function merged(x: Tracer, [first, second, ...rest]: Shape): Tracer {
  return Reshape(x, [mulDim(first!, second!), ...rest]);
}

function requireKnown(context: LowerContext<unknown>, sizes: Shape): void {
  if (sizes.every((size) => typeof size === "number")) return;
  throw context.error("shape", {
    problem: "The size of the states depends on sizes that are not known.",
    expected: "numbers for all axes but batch and time",
    received: context.sources.join(", "),
  });
}

/** An LSTM whose products are convolutions over `rank` spatial axes: its fields, its cell and the layer. */
function convLstm(type: string, rank: number) {
  const all = (value: number) => Array.from({ length: rank }, () => value);
  const kernelSize: Sizes = fields.sizes(rank);
  const ownFields = {
    filters: fields.integer({ min: 1 }),
    kernelSize,
    strides: fields.sizes(rank, { default: all(1) }),
    padding: fields.choice(["valid", "same"], "valid"),
    dataFormat: dataFormat(),
    dilationRate: fields.sizes(rank, { default: all(1) }),
    ...cellFields,
    recurrentActivation: fields.activation("sigmoid"),
    unitForgetBias: fields.boolean(true),
  };

  const cell = defineCell({
    type: "ConvLSTMCell",
    fields: ownFields,
    cell(context, sequence) {
      const { config } = context;
      const { filters } = config;
      const layout = layoutOf(config.dataFormat);
      const step = sequence.shape.slice(1);
      const channels = channelAxis(rank + 2, layout);
      requireKnown(context, step.slice(1));
      const spatial = all(0).map((_, i) => i);
      const oriented = (weight: Tracer) =>
        layout === "channelsLast" ? weight : Transpose(weight, [rank + 1, rank, ...spatial]);
      const convolve = (strides: readonly number[], dilations: readonly number[], pads: Pads) => ({
        product: (x: Tracer, weight: Tracer) =>
          Conv(x, oriented(weight), { layout, strides, dilations, pads, group: 1 }),
        axis: channels,
      });

      const { kernel, recurrent, bias } = cellWeights(
        context,
        {
          kernel: [...config.kernelSize, step[channels]!, 4 * filters],
          recurrent: [...config.kernelSize, filters, 4 * filters],
          bias: [4 * filters],
        },
        config.unitForgetBias ? forgetBias(config.biasInitializer, filters) : config.biasInitializer,
      );
      const inputs = dropPatterns(context, sequence, gateRate(config.dropout), 4, step);
      const input = convolve(config.strides, config.dilationRate, padsOf(config.padding, rank));
      const ofInputs = {
        ...input,
        product: (x: Tracer, weight: Tracer) => input.product(merged(x, x.shape), weight),
      };
      const convolved = project(sequence, kernel, inputs, ofInputs);
      const shaped = (values: Tracer) =>
        layout === "channelsLast" ? values : Reshape(values, [4 * filters, ...all(1)]);
      const biased = bias === undefined ? convolved : Add(convolved, shaped(bias));
      const [time, batch] = sequence.shape as readonly [Dim, Dim, ...Dim[]];
      const sums = [time, batch, ...biased.shape.slice(1)];
      const state = biased.shape.slice(1).map((size, axis) => (axis === channels - 1 ? filters : size));
      const states = dropPatterns(context, sequence, gateRate(config.recurrentDropout), 4, [batch, ...state]);
      const ofStates = convolve(all(1), all(1), padsOf("same", rank));
      return {
        stateShapes: [state, state],
        scanned: [Reshape(biased, sums)],
        invariants: [recurrent, ...states],
        step: ({ states: [h, c], scanned: [x], invariants: [weight, ...patterns] }) =>
          lstmStep(config, Add(x!, project(h!, weight!, patterns, ofStates)), c!, channels),
      };
    },
  });

  return defineLayer({
    type,
    fields: { ...ownFields, ...recurrentFields },
    positional: ["filters", "kernelSize"],
    casts: "all",
    masking: "own",
    callArgs: ["initialState"],
    parts: (config, options) => ({ cell: partOf(cell, config, "conv_lstm_cell", options) }),
    lower(context, [x], args) {
      const { config } = context;
      if (config.strides.some((stride) => stride > 1) && config.dilationRate.some((rate) => rate > 1)) {
        throw context.error("config", {
          problem: "strides and dilationRate cannot both be above 1.",
          received: `strides [${config.strides.join(", ")}], dilationRate [${config.dilationRate.join(", ")}]`,
        });
      }
      requireRank(context, x!, rank + 3, `${rank} spatial axes and channels`);
      return runRecurrent(context, context.part("cell"), x!, args);
    },
  });
}

/** Convolutional LSTM over sequences of rows. (Keras: ConvLSTM1D; Shi et al. 2015.) */
export const convLstm1d = convLstm("ConvLSTM1D", 1);
/** Convolutional LSTM over sequences of images. (Keras: ConvLSTM2D; Shi et al. 2015.) */
export const convLstm2d = convLstm("ConvLSTM2D", 2);
/** Convolutional LSTM over sequences of volumes. (Keras: ConvLSTM3D; Shi et al. 2015.) */
export const convLstm3d = convLstm("ConvLSTM3D", 3);
