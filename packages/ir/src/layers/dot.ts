import { defineLayer } from "../define-layer.ts";
import { sizeDim } from "../dim.ts";
import { type Field, fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { MatMul, Reshape, Transpose } from "../operators.ts";
import { normalizeAxis } from "../primitives/shape-rules.ts";
import { requireTwo } from "./merging.ts";
import { unitLength } from "./normalization/unit-length.ts";

type Axes = number | readonly number[];

const pair = fields.integers();

/** One axis for both inputs, or one for each. */
const axesField: Field<Axes> = {
  expects: "a whole number, or two of them",
  parse: (input, where) =>
    typeof input === "number" ? fields.integer().parse(input, where) : pair.parse(input, where),
  toJson: (value) => value,
};

/** The axis moved to the end (of the first input) or behind the batch (of the second), the others in their order. */
function moveAxis(x: Tracer, from: number, to: number): Tracer {
  const rest = x.shape.map((_, i) => i).filter((axis) => axis !== from);
  return Transpose(x, [...rest.slice(0, to), from, ...rest.slice(to)]);
}

/** Products of two inputs summed along one axis of each, sample by sample. (Keras: Dot.) */
export const dot = defineLayer({
  type: "Dot",
  fields: { axes: axesField, normalize: fields.boolean(false) },
  positional: ["axes"],
  inputs: "several",
  lower(context, inputs) {
    requireTwo(context, inputs);
    const { axes, normalize } = context.config;
    const tensors = inputs.map(({ tensor }) => tensor);
    const at = tensors.map((tensor, i) => normalizeAxis(typeof axes === "number" ? axes : axes[i]!, tensor.rank));
    const [a, b] = tensors.map((tensor, i) => (normalize ? unitLength(tensor, [at[i]!]) : tensor));
    const sizes = tensors.map(({ shape }, i) => shape[at[i]!]!);
    if (at.includes(0) || (sizes[0] !== sizes[1] && sizes.every((size) => typeof size === "number"))) {
      throw context.error("shape", {
        problem: `The inputs cannot be multiplied along axes ${at.join(" and ")}: ${context.sources.join(" and ")}.`,
        expected: "axes of one size, and not the batch",
        received: sizes.join(" and "),
      });
    }
    const left = moveAxis(a!, at[0]!, a!.rank - 1);
    const right = moveAxis(b!, at[1]!, 1);
    const [batch, ...outer] = left.shape.slice(0, -1);
    const inner = right.shape.slice(2);
    const product = MatMul(
      Reshape(left, [batch!, sizeDim(outer), left.shape.at(-1)!]),
      Reshape(right, [batch!, right.shape[1]!, sizeDim(inner)]),
    );
    const shape = [batch!, ...outer, ...inner];
    return Reshape(product, shape.length === 1 ? [batch!, 1] : shape);
  },
});
