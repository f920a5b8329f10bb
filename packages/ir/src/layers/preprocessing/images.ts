import type { Dim } from "../../dim.ts";
import { fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import type { LowerContext } from "../../lowering.ts";
import { Reshape, Transpose } from "../../operators.ts";
import type { Layout } from "../../primitives/attributes.ts";
import { dataFormat, layoutOf } from "../common.ts";

/** What all random image layers can be told. */
export const imageFields = { seed: fields.orNull(fields.integer({ min: 0 })), dataFormat: dataFormat() };

interface ImageConfig {
  readonly dataFormat: Layout | null;
}

/** Where images, a batch or a single one, have their height and width. */
export function imageAxes(context: LowerContext<ImageConfig>, { rank }: Tracer): readonly [number, number] {
  if (rank === 3 || rank === 4) {
    return layoutOf(context.config.dataFormat) === "channelsLast" ? [rank - 3, rank - 2] : [rank - 2, rank - 1];
  }
  throw context.error("shape", {
    problem: "The rank of the input does not fit.",
    expected: "rank 4 (batch, height, width and channels), or 3 for a single image",
    received: context.sources.join(", "),
  });
}

/** The shape of one number for every image, which broadcasts. */
export function perImage({ shape, rank }: Tracer): readonly Dim[] {
  return rank === 4 ? [shape[0]!, 1, 1, 1] : [1, 1, 1];
}

/** Does something with images as a batch with its channels last. */
export function asBatch(context: LowerContext<ImageConfig>, x: Tracer, work: (images: Tracer) => Tracer): Tracer {
  const single = x.rank === 3;
  const batch = single ? Reshape(x, [1, ...x.shape]) : x;
  if (layoutOf(context.config.dataFormat) === "channelsLast") {
    const result = work(batch);
    return single ? Reshape(result, result.shape.slice(1)) : result;
  }
  const result = Transpose(work(Transpose(batch, [0, 2, 3, 1])), [0, 3, 1, 2]);
  return single ? Reshape(result, result.shape.slice(1)) : result;
}
