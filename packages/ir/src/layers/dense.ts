import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";
import { MatMul, promoted } from "../operators.ts";
import { biasAndActivation, kernelFields } from "./common.ts";

/** activation(x * kernel + bias) over the last axis. (Keras: Dense.) */
export const dense = defineLayer({
  type: "Dense",
  fields: { units: fields.integer({ min: 1 }), ...kernelFields },
  positional: ["units"],
  masking: "pass",
  casts: "all",
  lower(context, [x]) {
    const { config } = context;
    const { tensor } = x!;
    if (tensor.rank < 2) {
      throw context.error("shape", {
        problem: "The input needs a feature axis.",
        expected: "rank 2 or more, the batch included",
        received: context.sources.join(", "),
        hint: "Add an axis, for instance reshape([1]).",
      });
    }
    const kernel = context.weight("kernel", [tensor.shape.at(-1)!, config.units], {
      initializer: config.kernelInitializer,
      regularizer: config.kernelRegularizer,
      constraint: config.kernelConstraint,
    });
    return biasAndActivation(context, MatMul(...promoted(tensor, kernel)), config.units);
  },
});
