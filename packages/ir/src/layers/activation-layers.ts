import { activate, type Activation } from "../activations.ts";
import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";
import { Max, Min, Mul, Relu, Softmax, Sub, Where, Greater, GreaterOrEqual } from "../operators.ts";

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
  masking: "pass",
  lower({ config: { maxValue, negativeSlope, threshold } }, [x]) {
    const { tensor } = x!;
    if (threshold === 0 && negativeSlope === 0) return maxValue === null ? Relu(tensor) : Min(Relu(tensor), maxValue);
    const above = threshold === 0 ? Max(tensor, 0) : Where(Greater(tensor, threshold), tensor, 0);
    const capped = maxValue === null ? above : Min(above, maxValue);
    const below = Mul(Sub(tensor, threshold), negativeSlope);
    return Where(GreaterOrEqual(tensor, threshold), capped, below);
  },
});

/** e^x over its sum along one axis. (Keras: Softmax.) */
export const softmax = defineLayer({
  type: "Softmax",
  fields: { axis: fields.integer({ default: -1 }) },
  masking: "pass",
  lower: ({ config }, [x]) => Softmax(x!.tensor, config.axis),
});
