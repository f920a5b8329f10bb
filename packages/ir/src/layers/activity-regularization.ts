import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";
import { regularizers } from "../regularizers.ts";

/** What it is given, with a penalty on large values. (Keras: ActivityRegularization.) */
export const activityRegularization = defineLayer({
  type: "ActivityRegularization",
  fields: { l1: fields.number({ default: 0 }), l2: fields.number({ default: 0 }) },
  masking: "pass",
  lower(context, [x]) {
    context.penalize(x!.tensor, regularizers.l1l2(context.config));
    return x!.tensor;
  },
});
