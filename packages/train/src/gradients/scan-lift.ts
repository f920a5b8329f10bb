import type { GraphBuilder, Tracer, ValueId } from "@lamella/ir";

import { nodesBehind, replay } from "./replay.ts";
import type { NodeList } from "./row.ts";
import type { BodyGradient } from "./scan-body.ts";

/** Values that are the same in every step of a loop, computed once outside of it when they are asked for. */
export class LiftedValues {
  private readonly outer: GraphBuilder;
  private readonly body: BodyGradient;
  private readonly values: Map<ValueId, Tracer>;
  private readonly recorded: NodeList[number][] = [];

  constructor(outer: GraphBuilder, body: BodyGradient, invariants: readonly Tracer[]) {
    this.outer = outer;
    this.body = body;
    this.values = new Map(body.invariants.map(({ id }, i) => [id, invariants[i]!]));
  }

  /** The nodes recorded outside so far. */
  get nodes(): NodeList {
    return this.recorded;
  }

  get(id: ValueId): Tracer {
    const before = this.outer.nodes.length;
    const missing = nodesBehind(this.body.builder.nodes, [id], (known) => this.values.has(known));
    replay(missing, this.outer, this.values);
    this.recorded.push(...this.outer.nodes.slice(before));
    return this.values.get(id)!;
  }
}
