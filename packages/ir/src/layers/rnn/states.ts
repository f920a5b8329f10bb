import type { Dim, Shape } from "../../dim.ts";
import type { DType } from "../../dtype.ts";
import type { GraphBuilder, Tracer } from "../../graph-builder.ts";
import type { LowerContext } from "../../lowering.ts";
import { Cast, Constant, Expand } from "../../operators.ts";
import { filled } from "../../tensor.ts";

export function zerosOf(builder: GraphBuilder, shape: Shape, dtype: DType): Tracer {
  return Expand(Constant(builder, filled(dtype, [], 0)), shape);
}

/** Hands the states that a call was given to the cells that start from them, in their order. */
export class GivenStates {
  private readonly context: LowerContext<unknown>;
  private readonly states: readonly Tracer[];
  private used = 0;

  constructor(context: LowerContext<unknown>, states: readonly Tracer[]) {
    this.context = context;
    this.states = states;
  }

  take(batch: Dim, shapes: readonly Shape[], dtype: DType): readonly Tracer[] {
    const taken = this.states.slice(this.used, this.used + shapes.length);
    this.used += shapes.length;
    if (taken.length < shapes.length) throw this.mismatch();
    for (const [i, shape] of shapes.entries()) {
      const given = taken[i]!.shape;
      if (given.length === shape.length + 1 && shape.every((dim, axis) => dim === given[axis + 1])) continue;
      throw this.context.error("shape", {
        problem: "The shape of an initial state does not fit.",
        expected: `(${[batch, ...shape].join(", ")})`,
        received: `(${given.join(", ")})`,
      });
    }
    return taken.map((state) => Cast(state, dtype));
  }

  /** @throws LamellaError `shape` where some are left over */
  finish(): void {
    if (this.used !== this.states.length) throw this.mismatch();
  }

  private mismatch() {
    return this.context.error("shape", {
      problem: "The number of initial states does not fit.",
      ...(this.used < this.states.length ? { expected: String(this.used) } : { expected: `at least ${this.used}` }),
      received: String(this.states.length),
    });
  }
}
