import type { CellLoop } from "../../cell.ts";
import type { Tracer } from "../../graph-builder.ts";
import {
  Concat,
  Identity,
  Reshape,
  Scan,
  type ScanInputs,
  type ScanResult,
  type ScanStep,
  SliceAxis,
  Where,
} from "../../operators.ts";
import { zerosOf } from "./states.ts";

export interface LoopOptions {
  readonly start: readonly Tracer[];
  /** (time, batch): false where a step is padding. */
  readonly mask: Tracer | undefined;
  readonly reverse: boolean;
  readonly unroll: boolean;
  /** Whether the output of every step is asked for. */
  readonly sequences: boolean;
  readonly zeroOutputForMask: boolean;
  /** Whether the states are known to be zeros. */
  readonly startsAtZero: boolean;
}

export interface LoopResult {
  readonly states: readonly Tracer[];
  /** The last output, or those of all steps in the order of the input. */
  readonly output: Tracer;
}

/** The mask of one step stretched to the rank of what it chooses from. */
function choose(mask: Tracer, fresh: Tracer, old: Tracer | number): Tracer {
  return Where(Reshape(mask, [mask.shape[0]!, ...fresh.shape.slice(1).map(() => 1)]), fresh, old);
}

/** Loops a cell over time. Where a step is masked, states and output stay as they were. */
export function runLoop(loop: CellLoop, options: LoopOptions): LoopResult {
  const { start, mask, sequences, zeroOutputForMask } = options;
  const { builder, shape, dtype } = loop.scanned[0]!;
  const batch = shape[1]!;
  const apart = loop.outputShape !== undefined;
  // A masked step repeats the last output, which is not the state when that did not start at zero.
  const repeats = mask !== undefined && (apart || zeroOutputForMask || !options.startsAtZero);
  const carries = repeats || (apart && !sequences);
  const outputStart = apart ? zerosOf(builder, [batch, ...loop.outputShape], start[0]?.dtype ?? dtype) : start[0]!;
  const carried = carries ? [zerosOf(builder, outputStart.shape, outputStart.dtype)] : [];
  const steps = loop.scanned.length;

  const loopOver = options.unroll ? unrolled : Scan;
  const result = loopOver(
    {
      states: [...start, ...carried],
      invariants: loop.invariants ?? [],
      scanned: mask === undefined ? loop.scanned : [...loop.scanned, mask],
      reverse: options.reverse,
    },
    (body) => {
      const old = body.states.slice(0, start.length);
      const results = loop.step({ ...body, states: old, scanned: body.scanned.slice(0, steps) });
      const fresh = results.slice(0, start.length);
      const stepMask = body.scanned[steps];
      const states = stepMask === undefined ? fresh : fresh.map((state, i) => choose(stepMask, state, old[i]!));
      const given = apart ? results[start.length]! : repeats ? fresh[0]! : states[0]!;
      const output = repeats ? choose(stepMask!, given, zeroOutputForMask ? 0 : body.states[start.length]!) : given;
      return {
        states: carries ? [...states, output] : states,
        outputs: sequences ? [Identity(output)] : [],
      };
    },
  );
  const last = result.states[carries ? start.length : 0]!;
  return { states: result.states.slice(0, start.length), output: sequences ? result.outputs[0]! : last };
}

/** What Scan does, as one copy of the step after the other. The number of steps must be known. */
function unrolled(inputs: ScanInputs, step: (body: ScanStep) => ScanResult): ScanResult {
  const { scanned, invariants = [], reverse = false } = inputs;
  const length = Number(scanned[0]!.shape[0]!);
  const outputs: (readonly Tracer[])[] = [];
  let { states } = inputs;
  for (let i = 0; i < length; i++) {
    const at = reverse ? length - 1 - i : i;
    const slices = scanned.map((value) => Reshape(SliceAxis(value, 0, at, at + 1), value.shape.slice(1)));
    const result = step({ states, invariants, scanned: slices });
    states = result.states;
    outputs[at] = result.outputs.map((value) => Reshape(value, [1, ...value.shape]));
  }
  return {
    states,
    outputs: (outputs[0] ?? []).map((_, i) =>
      Concat(
        outputs.map((values) => values[i]!),
        0,
      ),
    ),
  };
}
