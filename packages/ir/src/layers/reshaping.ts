import { defineLayer } from "../define-layer.ts";
import { exactDivDim, floorDivDim, neverEqual, type Shape, sizeDim, sizeOf } from "../dim.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { Transpose } from "../operators.ts";
import { dataFormat, layoutOf } from "./common.ts";

/** A Reshape even where it changes nothing: as in Keras, a crossentropy does not look for logits behind it. */
function reshaped(x: Tracer, shape: Shape): Tracer {
  return x.builder.emit("Reshape", [x], { shape })[0]!;
}

/** All axes but the batch as one. (Keras: Flatten.) */
export const flatten = defineLayer({
  type: "Flatten",
  fields: { dataFormat: dataFormat() },
  lower({ config }, [x]) {
    const { tensor } = x!;
    const rank = tensor.rank;
    const first = layoutOf(config.dataFormat) === "channelsFirst" && rank > 1;
    const ordered = first ? Transpose(tensor, [0, ...tensor.shape.map((_, i) => i).slice(2), 1]) : tensor;
    const [batch, ...rest] = ordered.shape;
    return reshaped(ordered, [batch!, sizeDim(rest)]);
  },
});

/** The same elements in another shape, the batch left out; one size may be -1. (Keras: Reshape.) */
export const reshape = defineLayer({
  type: "Reshape",
  fields: { targetShape: fields.integers() },
  positional: ["targetShape"],
  lower(context, [x]) {
    const { targetShape } = context.config;
    const [batch, ...rest] = x!.tensor.shape;
    const size = sizeDim(rest);
    const known = targetShape.filter((dim) => dim !== -1);
    const product = sizeOf(known);
    const open = targetShape.length - known.length;
    const missing = exactDivDim(size, product) ?? (typeof size === "string" ? floorDivDim(size, product) : undefined);
    const fits = open === 0 ? !neverEqual(size, product) : open === 1 && missing !== undefined;
    if (!fits || known.some((dim) => dim < 1)) {
      throw context.error("shape", {
        problem: "The input cannot be reshaped to the target shape.",
        expected: `a target shape of ${size} elements, with at most one -1`,
        received: `[${targetShape.join(", ")}] for ${context.sources.join(", ")}`,
      });
    }
    return reshaped(x!.tensor, [batch!, ...targetShape.map((dim) => (dim === -1 ? missing! : dim))]);
  },
});
