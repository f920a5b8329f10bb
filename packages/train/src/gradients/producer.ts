import type { Node, PrimitiveOp, Tracer } from "@lamella/ir";

/** The node that a value comes from; undefined for an input of the graph. */
export function producerOf({ builder, id }: Tracer): Node<PrimitiveOp> | undefined {
  return builder.nodes.findLast((node) => node.outputs.includes(id));
}

/** The number a value is known to be before anything runs: a constant with one element. */
export function knownNumber(value: Tracer): number | undefined {
  const op = producerOf(value)?.op;
  return op?.type === "Constant" && op.attributes.value.size === 1 ? op.attributes.value.toNumbers()[0] : undefined;
}
