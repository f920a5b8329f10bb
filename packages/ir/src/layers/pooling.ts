import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";
import { AveragePool, MaxPool, padsOf, ReduceMean } from "../operators.ts";
import { spatialAxes } from "../primitives/shape-rules.ts";
import { asFloat, dataFormat, layoutOf } from "./common.ts";

/** The definition of a pooling over windows of `rank` spatial axes. */
function pooling(type: string, rank: number, operator: typeof MaxPool) {
  return defineLayer({
    type,
    fields: {
      poolSize: fields.sizes(rank, { default: Array.from({ length: rank }, () => 2) }),
      strides: fields.orNull(fields.sizes(rank)),
      padding: fields.choice(["valid", "same"], "valid"),
      dataFormat: dataFormat(),
    },
    lower(context, [x]) {
      const { config } = context;
      if (x!.tensor.rank !== rank + 2) {
        throw context.error("shape", {
          problem: "The rank of the input does not fit.",
          expected: `rank ${rank + 2} (batch, ${rank} spatial axes and channels)`,
          received: context.sources.join(", "),
        });
      }
      return operator(x!.tensor, {
        layout: layoutOf(config.dataFormat),
        kernelShape: config.poolSize,
        strides: config.strides ?? config.poolSize,
        pads: padsOf(config.padding, rank),
      });
    },
  });
}

/** Largest value of every window; strides default to the pool size. (Keras: MaxPooling2D.) */
export const maxPooling2d = pooling("MaxPooling2D", 2, MaxPool);

/** Average of every window, padding left out; strides default to the pool size. (Keras: AveragePooling2D.) */
export const averagePooling2d = pooling("AveragePooling2D", 2, AveragePool);

/** Average over height and width. (Keras: GlobalAveragePooling2D.) */
export const globalAveragePooling2d = defineLayer({
  type: "GlobalAveragePooling2D",
  fields: { dataFormat: dataFormat(), keepdims: fields.boolean(false) },
  casts: "all",
  lower(context, [x]) {
    const { tensor } = x!;
    if (tensor.rank !== 4) {
      throw context.error("shape", {
        problem: "The rank of the input does not fit.",
        expected: "rank 4 (batch, height, width and channels)",
        received: context.sources.join(", "),
      });
    }
    const axes = spatialAxes(tensor.rank, layoutOf(context.config.dataFormat));
    return ReduceMean(asFloat(tensor), { axes, keepdims: context.config.keepdims });
  },
});
