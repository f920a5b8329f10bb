import { activate, type Activation } from "../../activations.ts";
import { defineLayer } from "../../define-layer.ts";
import { fields } from "../../fields.ts";
import type { Tracer } from "../../graph-builder.ts";
import { Add, MatMul, Mul, SliceAxis } from "../../operators.ts";
import { defineCell } from "./define-cell.ts";
import { cellFields, cellWeights, dropPatterns, forgetBias, gateRate, implementation, project } from "./gates.ts";
import { partOf } from "./part.ts";
import { recurrentFields, requireRank, runRecurrent, useCudnn } from "./recurrent.ts";

const ownFields = {
  units: fields.integer({ min: 1 }),
  ...cellFields,
  recurrentActivation: fields.activation("sigmoid"),
  unitForgetBias: fields.boolean(true),
  implementation,
};
const matrix = { product: MatMul };

/** New output and memory from the sums of the gates, in Keras's order along an axis: input, forget, candidate, output. */
export function lstmStep(
  config: { readonly activation: Activation; readonly recurrentActivation: Activation },
  gates: Tracer,
  memory: Tracer,
  axis: number,
): readonly Tracer[] {
  const width = Number(gates.shape.at(axis)!) / 4;
  const gate = (index: number) => SliceAxis(gates, axis, index * width, (index + 1) * width);
  const input = activate(config.recurrentActivation, gate(0));
  const forget = activate(config.recurrentActivation, gate(1));
  const kept = Add(Mul(forget, memory), Mul(input, activate(config.activation, gate(2))));
  const output = activate(config.recurrentActivation, gate(3));
  return [Mul(output, activate(config.activation, kept)), kept];
}

/** One step of an LSTM. Its states: output and memory. (Keras: LSTMCell.) */
export const lstmCell = defineCell({
  type: "LSTMCell",
  fields: ownFields,
  positional: ["units"],
  cell(context, sequence) {
    const { config } = context;
    const { units } = config;
    const [, batch, features] = sequence.shape;
    const { kernel, recurrent, bias } = cellWeights(
      context,
      { kernel: [features!, 4 * units], recurrent: [units, 4 * units], bias: [4 * units] },
      config.unitForgetBias ? forgetBias(config.biasInitializer, units) : config.biasInitializer,
    );
    const count = config.implementation === 1 || config.recurrentDropout > 0 ? 4 : 1;
    const inputs = dropPatterns(context, sequence, gateRate(config.dropout), count, [batch!, features!]);
    const states = dropPatterns(context, sequence, gateRate(config.recurrentDropout), 4, [batch!, units]);
    const projected = project(sequence, kernel, inputs, matrix);
    return {
      stateShapes: [[units], [units]],
      scanned: [bias === undefined ? projected : Add(projected, bias)],
      invariants: [recurrent, ...states],
      step: ({ states: [h, c], scanned: [x], invariants: [weight, ...patterns] }) =>
        lstmStep(config, Add(x!, project(h!, weight!, patterns, matrix)), c!, -1),
    };
  },
});

/** Long short-term memory over the time axis. (Keras: LSTM; Hochreiter and Schmidhuber 1997.) */
export const lstm = defineLayer({
  type: "LSTM",
  fields: { ...ownFields, ...recurrentFields, useCudnn },
  positional: ["units"],
  casts: "all",
  masking: "own",
  callArgs: ["initialState"],
  parts: (config, options) => ({ cell: partOf(lstmCell, config, "lstm_cell", options) }),
  lower(context, [x], args) {
    requireRank(context, x!, 3, "features");
    return runRecurrent(context, context.part("cell"), x!, args);
  },
});
