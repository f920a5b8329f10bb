import { elementwisePrimitives, type Primitive, type Tracer, type ValueId } from "@lamella/ir";

import type { NodeList } from "./row.ts";

/** Operators that treat all steps alike when these are stacked along a new first axis. */
const stepwise: ReadonlySet<Primitive> = new Set([...elementwisePrimitives, "Cast"]);

interface EarlyOptions {
  readonly nodes: NodeList;
  readonly tracer: (id: ValueId) => Tracer;
  /** The values that differ from step to step. */
  readonly varying: ReadonlySet<ValueId>;
  /** Those among them that can be had from all steps before the loop starts. */
  readonly stacked: (id: ValueId) => boolean;
}

/**
 * The nodes of a loop whose results for all steps can be computed at once before it starts: one operator on stacks instead
 * of one a step. They depend on nothing that the loop carries.
 */
export function earlyNodes({ nodes, tracer, varying, stacked }: EarlyOptions): NodeList {
  const early = new Set<ValueId>();
  return nodes.filter(({ op, inputs, outputs }) => {
    const rank = tracer(outputs[0]!).rank;
    const isKnown = (id: ValueId) => !varying.has(id) || ((stacked(id) || early.has(id)) && tracer(id).rank === rank);
    if (!stepwise.has(op.type) || !inputs.some((id) => varying.has(id)) || !inputs.every(isKnown)) return false;
    for (const id of outputs) early.add(id);
    return true;
  });
}
