import { defineLayer } from "../../define-layer.ts";
import { fields } from "../../fields.ts";
import { Tracer } from "../../graph-builder.ts";
import { Cast } from "../../operators.ts";
import { encodeCategories, encodings, sparse } from "./categories.ts";

/** Whole numbers as vectors; `countWeights`, an argument of a call, is what each counts. (Keras: CategoryEncoding.) */
export const categoryEncoding = defineLayer({
  type: "CategoryEncoding",
  fields: {
    numTokens: fields.integer({ min: 1 }),
    outputMode: fields.choice(encodings, "multiHot"),
    sparse: sparse(),
  },
  positional: ["numTokens"],
  inputDType: "int32",
  casts: "none",
  callArgs: ["countWeights"],
  lower(context, [x], { countWeights }) {
    const { numTokens, outputMode } = context.config;
    if (countWeights !== undefined && !(countWeights instanceof Tracer && outputMode === "count")) {
      throw context.error("config", {
        problem: "'countWeights' is a tensor for the output mode 'count'.",
        received: `output mode '${outputMode}'`,
      });
    }
    const weights = countWeights === undefined ? undefined : Cast(countWeights, context.dtype);
    return encodeCategories(Cast(x!.tensor, "int32"), outputMode, numTokens, context.dtype, weights);
  },
});
