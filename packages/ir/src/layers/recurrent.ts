import type { Dim, Shape } from "../dim.ts";
import { type ConfigOf, fields } from "../fields.ts";
import { Tracer } from "../graph-builder.ts";
import type { LoweredArgs, LowerContext, Value } from "../lowering.ts";
import { Constant, Expand, Identity, Reshape, Reverse, Scan, type ScanStep, Transpose, Where } from "../operators.ts";
import { filled } from "../tensor.ts";
import { asFloat, zeros } from "./common.ts";

/** The fields of every layer that loops over the time axis. */
export const recurrentFields = {
  returnSequences: fields.boolean(false),
  returnState: fields.boolean(false),
  goBackwards: fields.boolean(false),
  stateful: fields.boolean(false),
  unroll: fields.boolean(false),
  zeroOutputForMask: fields.boolean(false),
  seed: fields.orNull(fields.integer({ min: 0 })),
};

type RecurrentConfig = ConfigOf<typeof recurrentFields>;

/** What differs between recurrent layers. All tensors in it are (time, batch, ...) or, within a step, (batch, ...). */
export interface RecurrentCell {
  /** Sizes of the states, the batch left out. */
  readonly stateShapes: readonly Shape[];
  /** What does not depend on the states, for all steps at once. */
  readonly scanned: readonly Tracer[];
  readonly invariants: readonly Tracer[];
  /** New states from the old ones; the first is the output. */
  step(body: ScanStep): readonly Tracer[];
}

function zerosLike(like: Tracer, shape: Shape): Tracer {
  return Expand(Constant(like.builder, filled(like.dtype, [], 0)), shape);
}

/** The mask of one step stretched to the rank of what it chooses from. */
function choose(mask: Tracer, fresh: Tracer, old: Tracer | number): Tracer {
  return Where(Reshape(mask, [mask.shape[0]!, ...fresh.shape.slice(1).map(() => 1)]), fresh, old);
}

function initialStates(
  context: LowerContext<RecurrentConfig>,
  cell: RecurrentCell,
  x: Tracer,
  given: readonly Tracer[] | undefined,
): readonly Tracer[] {
  const [batch] = x.shape as readonly [Dim, ...Dim[]];
  const shapes = cell.stateShapes.map((shape): Shape => [batch, ...shape]);
  if (given !== undefined) {
    if (given.length === shapes.length) return given;
    throw context.error("shape", {
      problem: "The number of initial states does not fit.",
      expected: String(shapes.length),
      received: String(given.length),
    });
  }
  if (!context.config.stateful) return shapes.map((shape) => zerosLike(x, shape));
  return shapes.map((shape, i) => context.weight(`rnn_state_${i}`, shape, { initializer: zeros, state: true }));
}

/**
 * Loops a cell over the time axis of (batch, time, ...), with a mask, initial states, direction and outputs as Keras's RNN.
 * Where a step is masked, states and output stay as they were. As in Keras, a mask that the input carries is only handed
 * on, not used, when there are initial states; one that is an argument of the call is used.
 */
export function runRecurrent(
  context: LowerContext<RecurrentConfig>,
  { tensor, mask: inputMask }: Value,
  args: LoweredArgs,
  makeCell: (sequence: Tracer) => RecurrentCell,
): readonly Value[] {
  const { config } = context;
  const x = asFloat(tensor);
  const mask = args.initialState === undefined || args["mask"] instanceof Tracer ? inputMask : undefined;
  const timeMajor = [1, 0, ...x.shape.map((_, i) => i).slice(2)];
  const cell = makeCell(Transpose(x, timeMajor));
  const start = initialStates(context, cell, x, args.initialState);
  const startsAtZero = args.initialState === undefined && !config.stateful;
  // A masked step repeats the last output, which is not the state when that did not start at zero.
  const ownOutput = mask !== undefined && (config.zeroOutputForMask || !startsAtZero);
  const steps = cell.scanned.length;

  const result = Scan(
    {
      states: ownOutput ? [...start, zerosLike(x, start[0]!.shape)] : start,
      invariants: cell.invariants,
      scanned: mask === undefined ? cell.scanned : [...cell.scanned, Transpose(mask, [1, 0])],
      reverse: config.goBackwards,
    },
    (body) => {
      const old = body.states.slice(0, start.length);
      const fresh = cell.step({ ...body, states: old, scanned: body.scanned.slice(0, steps) });
      const stepMask = body.scanned[steps];
      const states = stepMask === undefined ? fresh : fresh.map((state, i) => choose(stepMask, state, old[i]!));
      const output = ownOutput
        ? choose(stepMask!, fresh[0]!, config.zeroOutputForMask ? 0 : body.states[start.length]!)
        : states[0]!;
      return {
        states: ownOutput ? [...states, output] : states,
        outputs: config.returnSequences ? [Identity(output)] : [],
      };
    },
  );

  const states = result.states.slice(0, start.length);
  if (config.stateful) for (const [i, state] of states.entries()) context.assign(`rnn_state_${i}`, state);
  return [
    recurrentOutput(config, result, ownOutput ? start.length : 0, timeMajor, inputMask),
    ...returnedStates(config, states),
  ];
}

function recurrentOutput(
  config: RecurrentConfig,
  result: { readonly states: readonly Tracer[]; readonly outputs: readonly Tracer[] },
  last: number,
  timeMajor: readonly number[],
  mask: Tracer | undefined,
): Value {
  if (!config.returnSequences) return { tensor: result.states[last]! };
  const sequence = config.goBackwards ? Reverse(result.outputs[0]!, 0) : result.outputs[0]!;
  return { tensor: Transpose(sequence, timeMajor), mask };
}

function returnedStates(config: RecurrentConfig, states: readonly Tracer[]): readonly Value[] {
  return config.returnState ? states.map((tensor) => ({ tensor })) : [];
}
