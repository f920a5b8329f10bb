import type { Shape } from "../../dim.ts";
import { type ConfigOf, type Field, fields } from "../../fields.ts";
import { Tracer } from "../../graph-builder.ts";
import type { AnyLayer } from "../../layer.ts";
import type { LoweredArgs, LowerContext, Value } from "../../lowering.ts";
import { Cast, Reverse, Transpose } from "../../operators.ts";
import { zeros } from "../common.ts";
import { runLoop } from "./loop.ts";
import { stagesOf } from "./stages.ts";
import { GivenStates, zerosOf } from "./states.ts";

/** The fields of every layer that loops over the time axis. */
export const recurrentFields = {
  returnSequences: fields.boolean(false),
  returnState: fields.boolean(false),
  goBackwards: fields.boolean(false),
  stateful: fields.boolean(false),
  unroll: fields.boolean(false),
  zeroOutputForMask: fields.boolean(false),
};

export type RecurrentConfig = ConfigOf<typeof recurrentFields>;

/** Taken as Keras takes it; there is nothing to choose here. */
export const useCudnn: Field<boolean | "auto"> = {
  ...fields.boolean(),
  expects: "true, false or 'auto'",
  default: "auto",
  parse: (input, where) => (input === "auto" ? input : fields.boolean().parse(input, where)),
};

export function requireRank(context: LowerContext<unknown>, { tensor }: Value, rank: number, axes: string): void {
  if (tensor.rank === rank) return;
  throw context.error("shape", {
    problem: "The rank of the input does not fit.",
    expected: `rank ${rank} (batch, time, ${axes})`,
    received: context.sources.join(", "),
  });
}

function checkSizes(context: LowerContext<RecurrentConfig>, [batch, time]: Shape): void {
  if (context.config.unroll && typeof time !== "number") {
    throw context.error("shape", {
      problem: "A loop over an unknown number of steps cannot be unrolled.",
      expected: "a number of steps",
      received: context.sources.join(", "),
      hint: "Give the input a shape with that size, or leave unroll out.",
    });
  }
  if (context.config.stateful && typeof batch !== "number") {
    throw context.error("shape", {
      problem: "A stateful layer needs to know the batch size.",
      expected: "a fixed batch size",
      received: context.sources.join(", "),
      hint: "Give the input a batchSize.",
    });
  }
}

/** What the loops start from: what the call was given, what the last batch left, or zeros. */
function startsOf(context: LowerContext<RecurrentConfig>, x: Tracer, given: readonly Tracer[] | undefined) {
  const batch = x.shape[0]!;
  const initial = given === undefined ? undefined : new GivenStates(context, given);
  let count = 0;
  const take = (shapes: readonly Shape[], { builder, dtype }: LowerContext<unknown>): readonly Tracer[] => {
    const carried = context.config.stateful
      ? shapes.map((shape) => {
          const options = { initializer: zeros, state: true };
          return context.weight(`rnn_state_${count++}`, [batch, ...shape], options);
        })
      : undefined;
    return (
      initial?.take(batch, shapes, dtype) ??
      carried?.map((state) => Cast(state, dtype)) ??
      shapes.map((shape) => zerosOf(builder, [batch, ...shape], dtype))
    );
  };
  return { take, finish: () => initial?.finish() };
}

/**
 * Loops a cell over the time axis of (batch, time, ...), with a mask, initial states, direction and outputs as Keras's RNN.
 * As in Keras, a mask that the input carries is only handed on, not used, when there are initial states; one that is an
 * argument of the call is used.
 */
export function runRecurrent(
  context: LowerContext<RecurrentConfig>,
  cell: AnyLayer,
  { tensor, mask: inputMask }: Value,
  args: LoweredArgs,
): readonly Value[] {
  const { config } = context;
  checkSizes(context, tensor.shape);
  const used = args.initialState === undefined || args["mask"] instanceof Tracer ? inputMask : undefined;
  const mask = used === undefined ? undefined : Transpose(Cast(used, "bool"), [1, 0]);
  const starts = startsOf(context, tensor, args.initialState);
  const timeMajor = [1, 0, ...tensor.shape.map((_, i) => i).slice(2)];
  const states: Tracer[] = [];
  const stages = stagesOf(cell);
  const last = stages.reduce(
    (sequence, stage, i) =>
      stage(context, sequence, (loop, inner) => {
        const isLast = i === stages.length - 1;
        const result = runLoop(loop, {
          start: starts.take(loop.stateShapes, inner),
          mask,
          reverse: config.goBackwards,
          unroll: config.unroll,
          sequences: config.returnSequences || !isLast,
          zeroOutputForMask: config.zeroOutputForMask && isLast,
          startsAtZero: args.initialState === undefined && !config.stateful,
        });
        states.push(...result.states.map((state) => Cast(state, context.dtype)));
        return result.output;
      }),
    Transpose(tensor, timeMajor),
  );
  const output = Cast(last, context.dtype);
  starts.finish();
  if (config.stateful) for (const [i, state] of states.entries()) context.assign(`rnn_state_${i}`, state);
  const returned = config.returnState ? states.map((state): Value => ({ tensor: state })) : [];
  if (!config.returnSequences) return [{ tensor: output }, ...returned];
  const inOrder = config.goBackwards ? Reverse(output, 0) : output;
  return [{ tensor: Transpose(inOrder, timeMajor), mask: inputMask }, ...returned];
}
