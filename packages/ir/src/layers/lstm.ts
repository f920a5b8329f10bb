import { activate } from "../activations.ts";
import { defineLayer } from "../define-layer.ts";
import type { Dim } from "../dim.ts";
import { type ConfigOf, fields } from "../fields.ts";
import type { Tracer } from "../graph-builder.ts";
import { blocks, type Initializer } from "../initializers.ts";
import type { LowerContext } from "../lowering.ts";
import { Add, MatMul, Mul, SliceAxis } from "../operators.ts";
import { kernelFields, ones } from "./common.ts";
import { drop } from "./dropout.ts";
import { type RecurrentCell, recurrentFields, runRecurrent } from "./recurrent.ts";

const lstmFields = {
  units: fields.integer({ min: 1 }),
  ...kernelFields,
  activation: fields.activation("tanh"),
  recurrentActivation: fields.activation("sigmoid"),
  recurrentInitializer: fields.initializer({ type: "Orthogonal", config: { gain: 1, seed: null } }),
  unitForgetBias: fields.boolean(true),
  recurrentRegularizer: fields.regularizer(),
  recurrentConstraint: fields.constraint(),
  dropout: fields.number({ default: 0, min: 0, max: 1 }),
  recurrentDropout: fields.number({ default: 0, min: 0, max: 1 }),
  ...recurrentFields,
};

type LstmContext = LowerContext<ConfigOf<typeof lstmFields>>;

/** The bias starts at 1 for the forget gate, so that the memory holds on at first (Jozefowicz et al. 2015). */
function biasInitializer({ config }: LstmContext): Initializer {
  const { units, biasInitializer: own, unitForgetBias } = config;
  if (!unitForgetBias) return own;
  return blocks([own, units], [ones, units], [own, 2 * units]);
}

/** Gates in Keras's order: input, forget, candidate, output. */
function cellOf(context: LstmContext, sequence: Tracer): RecurrentCell {
  const { config, training } = context;
  const { units } = config;
  const cell = context.scope("lstm_cell");
  const kernel = cell.weight("kernel", [sequence.shape.at(-1)!, 4 * units], {
    initializer: config.kernelInitializer,
    regularizer: config.kernelRegularizer,
    constraint: config.kernelConstraint,
  });
  const recurrent = cell.weight("recurrent_kernel", [units, 4 * units], {
    initializer: config.recurrentInitializer,
    regularizer: config.recurrentRegularizer,
    constraint: config.recurrentConstraint,
  });
  const drops = (rate: number) => training && rate > 0;
  const [, batch, features] = sequence.shape;
  /** One pattern for all steps. */
  const pattern = (rate: number, width: Dim) =>
    drop(context, sequence.builder.scalar(1, sequence.dtype), rate, config.seed, [batch!, width]);
  const x = drops(config.dropout) ? Mul(sequence, pattern(config.dropout, features!)) : sequence;
  const projected = MatMul(x, kernel);
  const bias = config.useBias
    ? cell.weight("bias", [4 * units], {
        initializer: biasInitializer(context),
        regularizer: config.biasRegularizer,
        constraint: config.biasConstraint,
      })
    : undefined;
  return {
    stateShapes: [[units], [units]],
    scanned: [bias === undefined ? projected : Add(projected, bias)],
    invariants: drops(config.recurrentDropout) ? [recurrent, pattern(config.recurrentDropout, units)] : [recurrent],
    step({ states: [h, c], scanned: [z], invariants: [weight, mask] }) {
      const hidden = mask === undefined ? h! : Mul(h!, mask);
      const gates = Add(z!, MatMul(hidden, weight!));
      const gate = (index: number) => SliceAxis(gates, 1, index * units, (index + 1) * units);
      const input = activate(config.recurrentActivation, gate(0));
      const forget = activate(config.recurrentActivation, gate(1));
      const memory = Add(Mul(forget, c!), Mul(input, activate(config.activation, gate(2))));
      const output = activate(config.recurrentActivation, gate(3));
      return [Mul(output, activate(config.activation, memory)), memory];
    },
  };
}

/** Long short-term memory over the time axis. (Keras: LSTM; Hochreiter and Schmidhuber 1997.) */
export const lstm = defineLayer({
  type: "LSTM",
  fields: lstmFields,
  positional: ["units"],
  masking: "own",
  lower(context, [x], args) {
    if (x!.tensor.rank !== 3) {
      throw context.error("shape", {
        problem: "The rank of the input does not fit.",
        expected: "rank 3 (batch, time and features)",
        received: context.sources.join(", "),
      });
    }
    return runRecurrent(context, x!, args, (sequence) => cellOf(context, sequence));
  },
});
