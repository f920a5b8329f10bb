import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { Concat, Constant, Gather, MaxPool } from "../operators.ts";
import type { Layout } from "../primitives/attributes.ts";
import { spatialAxes } from "../primitives/shape-rules.ts";
import { tensor } from "../tensor.ts";
import { dataFormat, layoutOf } from "./common.ts";
import { averagePool } from "./pooling.ts";
import { each, requireSpatial } from "./spatial.ts";

/** Pools spatial axis `index` into `count` windows of about equal sizes, which may overlap by one. */
function poolAxis(x: Tracer, operator: typeof MaxPool, layout: Layout, index: number, count: number): Tracer {
  const rank = x.rank - 2;
  const axis = spatialAxes(x.rank, layout)[index]!;
  const size = Number(x.shape[axis]);
  const along = (value: number) => each(rank, 1).with(index, value);
  const pool = (length: number, stride: number) =>
    operator(x, { layout, kernelShape: along(length), strides: along(stride), pads: each(2 * rank, 0) });
  if (size % count === 0) return pool(size / count, size / count);
  const short = Math.ceil(size / count);
  const starts = Array.from({ length: count }, (_, i) => Math.floor((i * size) / count));
  const isShort = starts.map((start, i) => Math.ceil(((i + 1) * size) / count) - start === short);
  const pooled = isShort.every(Boolean) ? pool(short, 1) : Concat([pool(short, 1), pool(short + 1, 1)], axis);
  const places = starts.map((start, i) => (isShort[i]! ? start : start + size - short + 1));
  return Gather(pooled, Constant(x.builder, tensor(places, undefined, "int32")), axis);
}

/** The definition of a pooling of `rank` spatial axes to given sizes. */
function adaptivePooling(type: string, rank: number, operator: typeof MaxPool) {
  return defineLayer({
    type,
    fields: { outputSize: fields.sizes(rank), dataFormat: dataFormat() },
    positional: ["outputSize"],
    lower(context, [x]) {
      const { config } = context;
      const layout = layoutOf(config.dataFormat);
      requireSpatial(context, x!.tensor, rank);
      if (spatialAxes(rank + 2, layout).some((axis) => typeof x!.tensor.shape[axis] !== "number")) {
        throw context.error("shape", {
          problem: "The windows of adaptive pooling depend on sizes that are not known.",
          expected: "spatial sizes that are numbers",
          received: context.sources.join(", "),
        });
      }
      return config.outputSize.reduce((y, count, index) => poolAxis(y, operator, layout, index, count), x!.tensor);
    },
  });
}

/** Averages of so many windows of steps. (Keras: AdaptiveAveragePooling1D.) */
export const adaptiveAveragePooling1d = adaptivePooling("AdaptiveAveragePooling1D", 1, averagePool);

/** Averages of so many windows a side. (Keras: AdaptiveAveragePooling2D.) */
export const adaptiveAveragePooling2d = adaptivePooling("AdaptiveAveragePooling2D", 2, averagePool);

/** Averages of so many boxes. (Keras: AdaptiveAveragePooling3D.) */
export const adaptiveAveragePooling3d = adaptivePooling("AdaptiveAveragePooling3D", 3, averagePool);

/** Largest values of so many windows of steps. (Keras: AdaptiveMaxPooling1D.) */
export const adaptiveMaxPooling1d = adaptivePooling("AdaptiveMaxPooling1D", 1, MaxPool);

/** Largest values of so many windows a side. (Keras: AdaptiveMaxPooling2D.) */
export const adaptiveMaxPooling2d = adaptivePooling("AdaptiveMaxPooling2D", 2, MaxPool);

/** Largest values of so many boxes. (Keras: AdaptiveMaxPooling3D.) */
export const adaptiveMaxPooling3d = adaptivePooling("AdaptiveMaxPooling3D", 3, MaxPool);
