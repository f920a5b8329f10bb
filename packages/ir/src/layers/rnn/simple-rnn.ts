import { activate } from "../../activations.ts";
import { defineLayer } from "../../define-layer.ts";
import { fields } from "../../fields.ts";
import { Add, MatMul } from "../../operators.ts";
import { defineCell } from "./define-cell.ts";
import { cellFields, cellWeights, dropPatterns, project } from "./gates.ts";
import { partOf } from "./part.ts";
import { recurrentFields, requireRank, runRecurrent } from "./recurrent.ts";

const ownFields = { units: fields.integer({ min: 1 }), ...cellFields };
const matrix = { product: MatMul };

/** One step of a plain recurrent layer. (Keras: SimpleRNNCell.) */
export const simpleRnnCell = defineCell({
  type: "SimpleRNNCell",
  fields: ownFields,
  positional: ["units"],
  cell(context, sequence) {
    const { config } = context;
    const { units } = config;
    const [, batch, features] = sequence.shape;
    const shapes = { kernel: [features!, units], recurrent: [units, units], bias: [units] };
    const { kernel, recurrent, bias } = cellWeights(context, shapes);
    const inputs = dropPatterns(context, sequence, config.dropout, 1, [batch!, features!]);
    const states = dropPatterns(context, sequence, config.recurrentDropout, 1, [batch!, units]);
    const projected = project(sequence, kernel, inputs, matrix);
    return {
      stateShapes: [[units]],
      scanned: [bias === undefined ? projected : Add(projected, bias)],
      invariants: [recurrent, ...states],
      step: ({ states: [h], scanned: [x], invariants: [weight, ...patterns] }) => [
        activate(config.activation, Add(x!, project(h!, weight!, patterns, matrix))),
      ],
    };
  },
});

/** The new output is made from the input and the last output. (Keras: SimpleRNN.) */
export const simpleRnn = defineLayer({
  type: "SimpleRNN",
  fields: { ...ownFields, ...recurrentFields },
  positional: ["units"],
  casts: "all",
  masking: "own",
  callArgs: ["initialState"],
  parts: (config, options) => ({ cell: partOf(simpleRnnCell, config, "simple_rnn_cell", options) }),
  lower(context, [x], args) {
    requireRank(context, x!, 3, "features");
    return runRecurrent(context, context.part("cell"), x!, args);
  },
});
