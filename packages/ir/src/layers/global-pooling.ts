import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import type { Value } from "../lowering.ts";
import { Cast, Div, ReduceMax, ReduceMean, ReduceSum, Reshape, Where } from "../operators.ts";
import type { ReduceAttributes } from "../primitives/attributes.ts";
import { spatialAxes } from "../primitives/shape-rules.ts";
import { dataFormat, layoutOf } from "./common.ts";
import { requireSpatial } from "./spatial.ts";

/** The definition of a reduction over `rank` spatial axes. */
function globalPooling(
  type: string,
  rank: number,
  casts: "floats" | "all",
  reduce: (x: Value, options: ReduceAttributes) => Tracer,
) {
  return defineLayer({
    type,
    fields: { dataFormat: dataFormat(), keepdims: fields.boolean(false) },
    casts,
    lower(context, [x]) {
      const { config } = context;
      requireSpatial(context, x!.tensor, rank);
      const axes = spatialAxes(rank + 2, layoutOf(config.dataFormat));
      return reduce(x!, { axes, keepdims: config.keepdims });
    },
  });
}

const average = ({ tensor }: Value, options: ReduceAttributes) => ReduceMean(tensor, options);
const largest = ({ tensor }: Value, options: ReduceAttributes) => ReduceMax(tensor, options);

/** The average of the steps that the mask leaves. */
function averageOfSteps(x: Value, options: ReduceAttributes): Tracer {
  const { tensor, mask } = x;
  if (mask === undefined) return average(x, options);
  const shape = tensor.shape.map((dim, axis) => (axis === 0 || options.axes.includes(axis) ? dim : 1));
  const counts = Reshape(mask, shape);
  const sum = ReduceSum(Where(counts, tensor, 0), options);
  return Div(sum, ReduceSum(Cast(counts, tensor.dtype), options));
}

/** Average over all steps that a mask leaves. (Keras: GlobalAveragePooling1D.) */
export const globalAveragePooling1d = globalPooling("GlobalAveragePooling1D", 1, "all", averageOfSteps);

/** Average over height and width. (Keras: GlobalAveragePooling2D.) */
export const globalAveragePooling2d = globalPooling("GlobalAveragePooling2D", 2, "all", average);

/** Average over depth, height and width. (Keras: GlobalAveragePooling3D.) */
export const globalAveragePooling3d = globalPooling("GlobalAveragePooling3D", 3, "all", average);

/** Largest value over all steps. (Keras: GlobalMaxPooling1D.) */
export const globalMaxPooling1d = globalPooling("GlobalMaxPooling1D", 1, "floats", largest);

/** Largest value over height and width. (Keras: GlobalMaxPooling2D.) */
export const globalMaxPooling2d = globalPooling("GlobalMaxPooling2D", 2, "floats", largest);

/** Largest value over depth, height and width. (Keras: GlobalMaxPooling3D.) */
export const globalMaxPooling3d = globalPooling("GlobalMaxPooling3D", 3, "floats", largest);
