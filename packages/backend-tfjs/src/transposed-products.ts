import type { Node, PrimitiveOp, ValueId } from "@lamella/ir";

import { ownMatMul } from "./kernels/matmul.ts";
import type { Compute, StaticType } from "./kernels/site.ts";
import type { Machine } from "./machine.ts";

/** Nodes in which products take matrices as they were before they were transposed, and how these products are computed. */
export interface WithoutTransposes {
  readonly nodes: readonly Node<PrimitiveOp>[];
  readonly products: ReadonlyMap<Node<PrimitiveOp>, Compute>;
}

/** Whether the last two axes change places, and no others. */
function isTurn({ op }: Node<PrimitiveOp>): boolean {
  if (op.type !== "Transpose") return false;
  const { perm } = op.attributes;
  const rank = perm.length;
  return perm.every((axis, i) => axis === (i < rank - 2 ? i : 2 * rank - 3 - i));
}

/** Leaves out what transposes matrices for products alone that can do without. */
export function withoutTransposes(
  nodes: readonly Node<PrimitiveOp>[],
  wanted: ReadonlySet<ValueId>,
  typeOf: (value: ValueId) => StaticType,
  machine: Machine,
): WithoutTransposes {
  const turns = new Map(nodes.filter(isTurn).map((node) => [node.outputs[0]!, node.inputs[0]!]));
  const products = new Map<Node<PrimitiveOp>, Compute>();
  const changed = nodes.map((node) => {
    const [left, right] = node.inputs as readonly [ValueId, ValueId];
    if (node.op.type !== "MatMul" || typeOf(node.outputs[0]!).dtype !== "float32") return node;
    for (const [a, b] of [
      [turns.has(left), turns.has(right)],
      [false, turns.has(right)],
    ] as const) {
      if (!a && !b) continue;
      const inputs = [a ? turns.get(left)! : left, b ? turns.get(right)! : right] as const;
      const shapes = [typeOf(inputs[0]).shape, typeOf(inputs[1]).shape] as const;
      const compute = ownMatMul(machine, shapes, typeOf(node.outputs[0]!).shape, { a, b });
      if (compute === undefined) continue;
      const product = { ...node, inputs };
      products.set(product, compute);
      return product;
    }
    return node;
  });
  const taken = new Set([...wanted, ...changed.flatMap(({ inputs }) => inputs)]);
  return { nodes: changed.filter((node) => !isTurn(node) || taken.has(node.outputs[0]!)), products };
}
