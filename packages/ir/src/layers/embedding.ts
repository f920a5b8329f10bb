import { defineLayer } from "../define-layer.ts";
import { fields } from "../fields.ts";
import { Cast, Equal, Gather, Not } from "../operators.ts";

/** Rows of a table by whole numbers; with maskZero, 0 is padding. (Keras: Embedding.) */
export const embedding = defineLayer({
  type: "Embedding",
  fields: {
    inputDim: fields.integer({ min: 1 }),
    outputDim: fields.integer({ min: 1 }),
    embeddingsInitializer: fields.initializer({
      type: "RandomUniform",
      config: { minval: -0.05, maxval: 0.05, seed: null },
    }),
    embeddingsRegularizer: fields.regularizer(),
    embeddingsConstraint: fields.constraint(),
    maskZero: fields.boolean(false),
  },
  positional: ["inputDim", "outputDim"],
  inputDType: "int32",
  casts: "none",
  masking: "own",
  lower(context, [x]) {
    const { config } = context;
    const indices = Cast(x!.tensor, "int32");
    const table = context.weight("embeddings", [config.inputDim, config.outputDim], {
      initializer: config.embeddingsInitializer,
      regularizer: config.embeddingsRegularizer,
      constraint: config.embeddingsConstraint,
      autocast: false,
    });
    const rows = Cast(Gather(table, indices), context.dtype);
    return config.maskZero ? { tensor: rows, mask: Not(Equal(indices, 0)) } : rows;
  },
});
