import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { AveragePool, MaxPool, padsOf } from "../operators.ts";
import type { PoolAttributes } from "../primitives/attributes.ts";
import { asFloat, dataFormat, layoutOf } from "./common.ts";
import { each, requireSpatial } from "./spatial.ts";

/** The average, as floats. */
export function averagePool(x: Tracer, attributes: PoolAttributes): Tracer {
  return AveragePool(asFloat(x), attributes);
}

/** The definition of a pooling over windows of `rank` spatial axes. */
function pooling(type: string, rank: number, operator: typeof MaxPool) {
  return defineLayer({
    type,
    fields: {
      poolSize: fields.sizes(rank, { default: each(rank, 2) }),
      strides: fields.orNull(fields.sizes(rank)),
      padding: fields.choice(["valid", "same"], "valid"),
      dataFormat: dataFormat(),
    },
    short: "poolSize",
    lower(context, [x]) {
      const { config } = context;
      requireSpatial(context, x!.tensor, rank);
      return operator(x!.tensor, {
        layout: layoutOf(config.dataFormat),
        kernelShape: config.poolSize,
        strides: config.strides ?? config.poolSize,
        pads: padsOf(config.padding, rank),
      });
    },
  });
}

/** Largest value of every window of steps; strides default to the pool size. (Keras: MaxPooling1D.) */
export const maxPooling1d = pooling("MaxPooling1D", 1, MaxPool);

/** Largest value of every window; strides default to the pool size. (Keras: MaxPooling2D.) */
export const maxPooling2d = pooling("MaxPooling2D", 2, MaxPool);

/** Largest value of every box; strides default to the pool size. (Keras: MaxPooling3D.) */
export const maxPooling3d = pooling("MaxPooling3D", 3, MaxPool);

/** Average of every window of steps, padding left out; strides default to the pool size. (Keras: AveragePooling1D.) */
export const averagePooling1d = pooling("AveragePooling1D", 1, averagePool);

/** Average of every window, padding left out; strides default to the pool size. (Keras: AveragePooling2D.) */
export const averagePooling2d = pooling("AveragePooling2D", 2, averagePool);

/** Average of every box, padding left out; strides default to the pool size. (Keras: AveragePooling3D.) */
export const averagePooling3d = pooling("AveragePooling3D", 3, averagePool);
