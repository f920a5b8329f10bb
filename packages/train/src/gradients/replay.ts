import type { GraphBuilder, PrimitiveGraph, Tracer, ValueId } from "@lamella/ir";

import type { NodeList } from "./row.ts";

/**
 * Records nodes again in another builder, under the scopes they had. `values` says what the values they read are there, and
 * learns the values they give.
 */
export function replay(nodes: NodeList, builder: GraphBuilder, values: Map<ValueId, Tracer>): void {
  for (const { name, op, inputs, outputs } of nodes) {
    const read = inputs.map((id) => values.get(id)!);
    const emit = () => builder.emit(op.type, read, op.attributes);
    const scope = name.slice(0, Math.max(0, name.lastIndexOf("/")));
    const given = scope === "" ? emit() : builder.scoped(scope, emit);
    for (const [i, id] of outputs.entries()) values.set(id, given[i]!);
  }
}

/** Records all of a graph in a builder, with these values for its inputs. Returns its outputs. */
export function inline(graph: PrimitiveGraph, builder: GraphBuilder, inputs: readonly Tracer[]): Tracer[] {
  const values = new Map(graph.inputs.map(({ value }, i) => [value, inputs[i]!]));
  replay(graph.nodes, builder, values);
  return graph.outputs.map(({ value }) => values.get(value)!);
}

/** The nodes that `targets` need, in order, taking the values that `known` says for given. */
export function nodesBehind(nodes: NodeList, targets: Iterable<ValueId>, known: (id: ValueId) => boolean): NodeList {
  const needed = new Set([...targets].filter((id) => !known(id)));
  const kept = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((id) => needed.has(id))) return false;
    for (const id of node.inputs) if (!known(id)) needed.add(id);
    return true;
  });
  return kept.toReversed();
}

/** `start`, and all values that depend on it. */
export function dependents(nodes: NodeList, start: Iterable<ValueId>): Set<ValueId> {
  const found = new Set(start);
  for (const node of nodes) {
    if (node.inputs.some((id) => found.has(id))) for (const id of node.outputs) found.add(id);
  }
  return found;
}
