import type { Tracer } from "../graph-builder.ts";
import type { LowerContext } from "../lowering.ts";
import { Reshape, Transpose } from "../operators.ts";
import type { Layout } from "../primitives/attributes.ts";

/** `rank` times the same number. */
export function each(rank: number, value: number): readonly number[] {
  return Array.from({ length: rank }, () => value);
}

const axisNames: readonly (string | undefined)[] = [undefined, "steps", "height, width", "depth, height, width"];

/** Refuses what is not a batch of channels over `rank` spatial axes. */
export function requireSpatial(context: LowerContext<unknown>, { rank: received }: Tracer, rank: number): void {
  if (received === rank + 2) return;
  throw context.error("shape", {
    problem: "The rank of the input does not fit.",
    expected: `rank ${rank + 2} (batch, ${axisNames[rank]} and channels)`,
    received: context.sources.join(", "),
  });
}

/** A kernel as Keras keeps it, (spatial..., in, out), as the weight of a convolution of that layout. */
export function kernelFor(kernel: Tracer, layout: Layout): Tracer {
  if (layout === "channelsLast") return kernel;
  const { rank } = kernel;
  return Transpose(kernel, [rank - 1, rank - 2, ...kernel.shape.slice(2).keys()]);
}

/** One number a channel, in the shape that broadcasts over `rank` spatial axes. */
export function perChannel(values: Tracer, layout: Layout, rank: number): Tracer {
  return layout === "channelsLast" ? values : Reshape(values, [values.shape[0]!, ...each(rank, 1)]);
}
