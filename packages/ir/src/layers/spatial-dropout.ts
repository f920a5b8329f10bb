import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";
import type { LowerContext, Value } from "../lowering.ts";
import { channelAxis } from "../primitives/shape-rules.ts";
import { dataFormat, layoutOf } from "./common.ts";
import { drop } from "./dropout.ts";

interface Config {
  readonly rate: number;
  readonly seed: number | null;
  readonly dataFormat?: "channelsLast" | "channelsFirst" | null;
}

const shared = { rate: fields.number({ min: 0, max: 1 }), seed: fields.orNull(fields.integer({ min: 0 })) };

/** Drops all of a channel or nothing of it. */
function dropChannels(context: LowerContext<Config>, { tensor }: Value, rank: number) {
  const { config, training } = context;
  if (tensor.rank !== rank) {
    throw context.error("shape", {
      problem: "The rank of the input does not fit.",
      expected: `rank ${rank}, the batch included`,
      received: context.sources.join(", "),
    });
  }
  if (!training || config.rate === 0) return tensor;
  const channels = channelAxis(rank, layoutOf(config.dataFormat ?? null));
  const shape = tensor.shape.map((dim, axis) => (axis === 0 || axis === channels ? dim : 1));
  return drop(context, tensor, config.rate, config.seed, shape);
}

/** Drops whole channels of sequences while training. (Keras: SpatialDropout1D.) */
export const spatialDropout1d = defineLayer({
  type: "SpatialDropout1D",
  fields: shared,
  positional: ["rate"],
  masking: "pass",
  lower: (context, [x]) => dropChannels(context, x!, 3),
});

/** Drops whole channels of images while training. (Keras: SpatialDropout2D.) */
export const spatialDropout2d = defineLayer({
  type: "SpatialDropout2D",
  fields: { ...shared, dataFormat: dataFormat() },
  positional: ["rate"],
  masking: "pass",
  lower: (context, [x]) => dropChannels(context, x!, 4),
});

/** Drops whole channels of volumes while training. (Keras: SpatialDropout3D.) */
export const spatialDropout3d = defineLayer({
  type: "SpatialDropout3D",
  fields: { ...shared, dataFormat: dataFormat() },
  positional: ["rate"],
  masking: "pass",
  lower: (context, [x]) => dropChannels(context, x!, 5),
});
