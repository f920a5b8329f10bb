import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";
import { Mul, promoted } from "../operators.ts";

/** x times a learnt factor for every channel. (Keras: LayerScale, which ConvNeXt keeps to itself.) */
export const layerScale = defineLayer({
  type: "LayerScale",
  fields: { initValues: fields.number(), projectionDim: fields.integer({ min: 1 }) },
  positional: ["initValues", "projectionDim"],
  lower(context, [x]) {
    const { initValues, projectionDim } = context.config;
    const initializer = { type: "Constant", config: { value: initValues } } as const;
    return Mul(...promoted(x!.tensor, context.weight("gamma", [projectionDim], { initializer })));
  },
});
