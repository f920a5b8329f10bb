import { activate } from "../../activations.ts";
import { defineLayer } from "../../define-layer.ts";
import { fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import { Add, MatMul, Mul, Reshape, SliceAxis, Sub } from "../../operators.ts";
import { defineCell } from "./define-cell.ts";
import { cellFields, cellWeights, dropPatterns, gateRate, implementation, project } from "./gates.ts";
import { partOf } from "./part.ts";
import { recurrentFields, requireRank, runRecurrent, useCudnn } from "./recurrent.ts";

const ownFields = {
  units: fields.integer({ min: 1 }),
  ...cellFields,
  recurrentActivation: fields.activation("sigmoid"),
  resetAfter: fields.boolean(true),
  implementation,
};
const matrix = { product: MatMul };

/** One step of a GRU. Gates in Keras's order: update, reset, candidate. (Keras: GRUCell.) */
export const gruCell = defineCell({
  type: "GRUCell",
  fields: ownFields,
  positional: ["units"],
  cell(context, sequence) {
    const { config } = context;
    const { units, resetAfter } = config;
    const [, batch, features] = sequence.shape;
    const { kernel, recurrent, bias } = cellWeights(context, {
      kernel: [features!, 3 * units],
      recurrent: [units, 3 * units],
      bias: resetAfter ? [2, 3 * units] : [3 * units],
    });
    const count = config.implementation === 1 || config.recurrentDropout > 0 ? 3 : 1;
    const inputs = dropPatterns(context, sequence, gateRate(config.dropout), count, [batch!, features!]);
    const drops = dropPatterns(context, sequence, gateRate(config.recurrentDropout), 3, [batch!, units]);
    const rows = bias === undefined ? [] : resetAfter ? biasRows(bias) : [bias];
    const [inputBias, ...recurrentBias] = rows;
    const projected = project(sequence, kernel, inputs, matrix);
    const columns = (values: Tracer, from: number, to: number) => SliceAxis(values, -1, from * units, to * units);

    /** The candidate's share of the last output, which the reset gate weakens before or after the product. */
    function step(h: Tracer, x: Tracer, weight: Tracer, patterns: readonly Tracer[], added: Tracer | undefined) {
      const gates = resetAfter ? 3 : 2;
      const product = project(h, columns(weight, 0, gates), patterns.slice(0, gates), matrix);
      const inner = added === undefined ? product : Add(product, added);
      const gate = (i: number) =>
        activate(config.recurrentActivation, Add(columns(x, i, i + 1), columns(inner, i, i + 1)));
      const update = gate(0);
      const reset = gate(1);
      const remembered = resetAfter
        ? Mul(reset, columns(inner, 2, 3))
        : project(Mul(reset, h), columns(weight, 2, 3), patterns.slice(2), matrix);
      const candidate = activate(config.activation, Add(columns(x, 2, 3), remembered));
      return [Add(Mul(update, h), Mul(Sub(1, update), candidate))];
    }

    return {
      stateShapes: [[units]],
      scanned: [inputBias === undefined ? projected : Add(projected, inputBias)],
      invariants: [recurrent, ...recurrentBias, ...drops],
      step({ states: [h], scanned: [x], invariants: [weight, ...others] }) {
        const biases = recurrentBias.length;
        return step(h!, x!, weight!, others.slice(biases), biases === 0 ? undefined : others[0]);
      },
    };
  },
});

/** The bias of the inputs and the bias of the recurrent product. */
function biasRows(bias: Tracer): readonly Tracer[] {
  return [0, 1].map((row) => Reshape(SliceAxis(bias, 0, row, row + 1), [bias.shape[1]!]));
}

/** Gated recurrent unit over the time axis. (Keras: GRU; Cho et al. 2014.) */
export const gru = defineLayer({
  type: "GRU",
  fields: { ...ownFields, ...recurrentFields, useCudnn },
  positional: ["units"],
  casts: "all",
  masking: "own",
  callArgs: ["initialState"],
  parts: (config, options) => ({ cell: partOf(gruCell, config, "gru_cell", options) }),
  lower(context, [x], args) {
    requireRank(context, x!, 3, "features");
    return runRecurrent(context, context.part("cell"), x!, args);
  },
});
