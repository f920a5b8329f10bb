import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";

/** Where data enters a model. (Keras: InputLayer.) It is made by `input()` and never lowered. */
export const inputLayer = defineLayer({
  type: "InputLayer",
  fields: { batchShape: fields.shape(), sparse: fields.boolean(false) },
  positional: ["batchShape"],
  casts: "none",
  masking: "pass",
  lower: (_, inputs) => inputs,
});
