import type { Shape } from "./dim.ts";
import type { Tracer } from "./graph-builder.ts";
import type { ScanStep } from "./operators.ts";

/**
 * What a cell does in a loop over time. What does not depend on the states is computed for all steps at once; the step
 * does the rest. All tensors are (time, batch, ...) or, within a step, (batch, ...).
 */
export interface CellLoop {
  /** Sizes of the states, the batch left out. */
  readonly stateShapes: readonly Shape[];
  /** The size of the output, the batch left out, where it is not the first state. */
  readonly outputShape?: Shape;
  /** What every step sees one slice of. */
  readonly scanned: readonly Tracer[];
  /** What every step sees whole. A step captures nothing else. */
  readonly invariants?: readonly Tracer[];
  /** New states from the old ones, and behind them the output where it is not the first state. */
  step(body: ScanStep): readonly Tracer[];
}
