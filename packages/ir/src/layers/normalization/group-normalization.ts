import { defineLayer } from "../../define-layer.ts";
import { promote } from "../../dtype.ts";
import { type Field, fields } from "../../fields.ts";
import type { LowerContext } from "../../lowering.ts";
import { Cast, Reshape } from "../../operators.ts";
import { normalizeAxis } from "../../primitives/shape-rules.ts";
import { affineFields, affineWeights, normalized } from "./affine.ts";

const positive = fields.integer({ min: 1 });

/** How many groups; -1: one for every channel. */
const groupsField: Field<number> = {
  expects: "a whole number of at least 1, or -1 for one group a channel",
  default: 32,
  parse: (input, where) => (input === -1 ? input : positive.parse(input, where)),
  toJson: (value) => value,
};

function groupsOf(context: LowerContext<{ readonly groups: number }>, channels: unknown): number {
  const { groups } = context.config;
  if (typeof channels !== "number") {
    throw context.error("shape", {
      problem: "The size of the axis that is divided into groups must be known.",
      received: context.sources.join(", "),
    });
  }
  if (groups === -1) return channels;
  if (channels % groups === 0) return groups;
  throw context.error("shape", {
    problem: `${channels} channels cannot be divided into ${groups} groups.`,
    expected: "a number of groups that divides the channels, or -1 for one group a channel",
    received: context.sources.join(", "),
  });
}

/** Centres and scales every group of channels of every sample. (Keras: GroupNormalization.) */
export const groupNormalization = defineLayer({
  type: "GroupNormalization",
  fields: {
    groups: groupsField,
    axis: fields.integer({ default: -1 }),
    epsilon: fields.number({ default: 0.001, min: 0 }),
    ...affineFields,
  },
  short: "groups",
  masking: "pass",
  lower(context, [value]) {
    const { epsilon } = context.config;
    const { tensor } = value!;
    const axis = normalizeAxis(context.config.axis, tensor.rank);
    const channels = tensor.shape[axis]!;
    const groups = groupsOf(context, channels);
    const split = [groups, Number(channels) / groups];
    const [before, after] = [tensor.shape.slice(0, axis), tensor.shape.slice(axis + 1)];
    const x = Cast(Reshape(tensor, [...before, ...split, ...after]), promote(tensor.dtype, "float32"));
    const axes = x.shape.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
    const shape = [...before.map(() => 1), ...split, ...after.map(() => 1)];
    const y = normalized(x, axes, epsilon, affineWeights(context, [channels], context.config), shape);
    return Cast(Reshape(Cast(y, tensor.dtype), tensor.shape), context.dtype);
  },
});
