import { defineLayer } from "../define-layer.ts";
import { mulDim } from "../dim.ts";
import { fields } from "../fields.ts";
import { interpolations } from "../interpolation.ts";
import { spatialAxes } from "../primitives/shape-rules.ts";
import { dataFormat, layoutOf } from "./common.ts";
import { repeatAxis, resampled } from "./resampling.ts";
import { each, requireSpatial } from "./spatial.ts";

/** Every step several times. (Keras: UpSampling1D.) */
export const upSampling1d = defineLayer({
  type: "UpSampling1D",
  fields: { size: fields.integer({ default: 2, min: 1 }) },
  short: "size",
  lower(context, [x]) {
    requireSpatial(context, x!.tensor, 1);
    return repeatAxis(x!.tensor, 1, context.config.size);
  },
});

/** Height and width times whole numbers. (Keras: UpSampling2D.) */
export const upSampling2d = defineLayer({
  type: "UpSampling2D",
  fields: {
    size: fields.sizes(2, { default: each(2, 2) }),
    dataFormat: dataFormat(),
    interpolation: fields.choice(interpolations, "nearest"),
  },
  short: "size",
  lower(context, [x]) {
    const { size, interpolation, dataFormat: format } = context.config;
    requireSpatial(context, x!.tensor, 2);
    const axes = spatialAxes(4, layoutOf(format));
    if (interpolation === "nearest") return axes.reduce((y, axis, i) => repeatAxis(y, axis, size[i]!), x!.tensor);
    const targets = axes.map((axis, i) => mulDim(x!.tensor.shape[axis]!, size[i]!));
    return resampled(context, x!.tensor, axes, targets, { interpolation, antialias: false });
  },
});

/** Depth, height and width times whole numbers. (Keras: UpSampling3D.) */
export const upSampling3d = defineLayer({
  type: "UpSampling3D",
  fields: { size: fields.sizes(3, { default: each(3, 2) }), dataFormat: dataFormat() },
  short: "size",
  lower(context, [x]) {
    const { size, dataFormat: format } = context.config;
    requireSpatial(context, x!.tensor, 3);
    return spatialAxes(5, layoutOf(format)).reduce((y, axis, i) => repeatAxis(y, axis, size[i]!), x!.tensor);
  },
});
