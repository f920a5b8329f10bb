import { activate, type Activation, capAt6, leakyRelu } from "../activations.ts";
import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { Greater, Min, Mul, Neg, Relu, Softmax, Sub, Where } from "../operators.ts";

/** Any activation function by name. (Keras: Activation.) */
export const activation = defineLayer({
  type: "Activation",
  fields: { activation: fields.activation() },
  positional: ["activation"],
  masking: "pass",
  lower: ({ config }, [x]) => activate(config.activation satisfies Activation, x!.tensor),
});

/** max(x, 0), with an optional ceiling, threshold and slope below it. (Keras: ReLU.) */
export const relu = defineLayer({
  type: "ReLU",
  fields: {
    maxValue: fields.orNull(fields.number({ min: 0 })),
    negativeSlope: fields.number({ default: 0, min: 0 }),
    threshold: fields.number({ default: 0, min: 0 }),
  },
  short: "maxValue",
  masking: "pass",
  lower({ config: { maxValue, negativeSlope, threshold } }, [x]) {
    const { tensor } = x!;
    const capped = (above: Tracer): Tracer => {
      if (maxValue === null) return above;
      return maxValue === 6 && threshold === 0 ? capAt6(above) : Min(above, maxValue);
    };
    if (threshold === 0 && negativeSlope !== 0 && maxValue === null) return leakyRelu(tensor, negativeSlope);
    const above = threshold === 0 ? Relu(tensor) : Where(Greater(tensor, threshold), tensor, 0);
    if (negativeSlope === 0) return capped(above);
    const below = Relu(threshold === 0 ? Neg(tensor) : Sub(threshold, tensor));
    return Sub(capped(above), Mul(below, negativeSlope));
  },
});

/** e^x over its sum along one axis. What a mask leaves out is 0 and does not count. (Keras: Softmax.) */
export const softmax = defineLayer({
  type: "Softmax",
  fields: { axis: fields.integer({ default: -1 }) },
  short: "axis",
  masking: "pass",
  lower({ config }, [x]) {
    const { tensor, mask } = x!;
    if (mask === undefined) return Softmax(tensor, config.axis);
    return Where(mask, Softmax(Where(mask, tensor, tensor.dtype === "float16" ? -3e4 : -1e9), config.axis), 0);
  },
});
