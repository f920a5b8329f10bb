import { defineLayer } from "../../define-layer.ts";
import { promote } from "../../dtype.ts";
import { fields } from "../../fields.ts";
import { Cast, Mul, ReduceMean } from "../../operators.ts";
import { normalizeAxis } from "../../primitives/shape-rules.ts";
import { ones } from "../common.ts";
import { inverseRoot } from "./affine.ts";
import { axesField, sortedAxes } from "./axes.ts";
import { unitLength } from "./unit-length.ts";

/** x over the root of its mean square, times a learnt scale. (Keras: RMSNormalization.) */
export const rmsNormalization = defineLayer({
  type: "RMSNormalization",
  fields: { axis: axesField, epsilon: fields.number({ default: 1e-6, min: 0 }) },
  lower(context, [value]) {
    const { axis, epsilon } = context.config;
    const { tensor } = value!;
    const x = Cast(tensor, promote(tensor.dtype, "float32"));
    const axes = sortedAxes(axis).map((at) => normalizeAxis(at, x.rank));
    const sizes = axes.map((at) => x.shape[at]!);
    const scale = Cast(context.weight("scale", sizes, { initializer: ones }), x.dtype);
    const inverse = inverseRoot(ReduceMean(Mul(x, x), { axes, keepdims: true }), epsilon);
    return Cast(Mul(Mul(x, inverse), scale), tensor.dtype);
  },
});

/** x over its length along the given axes; a length of 0 stays 0. (Keras: UnitNormalization.) */
export const unitNormalization = defineLayer({
  type: "UnitNormalization",
  fields: { axis: axesField },
  masking: "pass",
  lower({ config }, [value]) {
    return unitLength(value!.tensor, sortedAxes(config.axis), 1e-12);
  },
});
