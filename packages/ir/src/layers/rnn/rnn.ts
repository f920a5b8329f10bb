import { defineLayer } from "../../define-layer.ts";
import { recurrentFields, runRecurrent } from "./recurrent.ts";
import { cellField } from "./stacked-rnn-cells.ts";

/** Loops a cell, or a stack of cells, over the time axis. (Keras: RNN.) */
export const rnn = defineLayer({
  type: "RNN",
  fields: { cell: cellField, ...recurrentFields },
  positional: ["cell"],
  masking: "own",
  callArgs: ["initialState"],
  lower(context, [x], args) {
    if (x!.tensor.rank < 3) {
      throw context.error("shape", {
        problem: "The rank of the input does not fit.",
        expected: "rank 3 or more (batch, time, features)",
        received: context.sources.join(", "),
      });
    }
    return runRecurrent(context, context.config.cell, x!, args);
  },
});
