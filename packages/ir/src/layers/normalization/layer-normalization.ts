import { defineLayer } from "../../define-layer.ts";
import { promote } from "../../dtype.ts";
import { fields } from "../../fields.ts";
import { Cast, Mul, Reshape } from "../../operators.ts";
import { normalizeAxis } from "../../primitives/shape-rules.ts";
import { affineFields, affineWeights, inverseRoot, meanAndVariance, normalized } from "./affine.ts";
import { axesField, sortedAxes } from "./axes.ts";

/** Centres and scales every sample over the given axes. (Keras: LayerNormalization.) */
export const layerNormalization = defineLayer({
  type: "LayerNormalization",
  fields: {
    axis: axesField,
    epsilon: fields.number({ default: 0.001, min: 0 }),
    ...affineFields,
    /** Keras's deprecated option: scale by the variance, do not centre. */
    rmsScaling: fields.boolean(false),
  },
  masking: "pass",
  lower(context, [value]) {
    const { axis, epsilon, center, scale, rmsScaling } = context.config;
    const { tensor } = value!;
    const x = Cast(tensor, promote(tensor.dtype, "float32"));
    const written = sortedAxes(axis);
    const axes = written.map((at) => normalizeAxis(at, x.rank));
    const sizes = axes.map((at) => x.shape[at]!);
    const shape = x.shape.map((dim, i) => (axes.includes(i) ? dim : 1));
    const weights = affineWeights(context, sizes, { center: center && !rmsScaling, scale: scale || rmsScaling });
    const restored = (y: typeof x) => Cast(Cast(y, tensor.dtype), context.dtype);
    if (!rmsScaling) return restored(normalized(x, axes, epsilon, weights, shape));
    const [, variance] = meanAndVariance(x, axes);
    return restored(Mul(Mul(x, inverseRoot(variance, epsilon)), Cast(Reshape(weights.gamma!, shape), x.dtype)));
  },
});
