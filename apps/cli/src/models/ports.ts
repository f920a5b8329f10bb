import type { PrimitiveGraph } from "@lamella/ir";
import type { Slot } from "@lamella/train";

/** The inputs or outputs of a graph, of layers or of operators, with their types. */
export function portsOf(
  graph: Pick<PrimitiveGraph, "inputs" | "outputs" | "values">,
  which: "inputs" | "outputs",
): readonly Slot[] {
  return graph[which].map(({ name, value }) => ({ name, ...graph.values[value]! }));
}
