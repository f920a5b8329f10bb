import {
  type GraphBuilder,
  isFloating,
  locate,
  type PrimitiveOp,
  Reshape,
  type Tracer,
  type ValueId,
} from "@lamella/ir";

import { gradientTable } from "./gradient-table.ts";
import { type BackpropagateOptions, type Contributions, type GradientRow, type NodeList, none } from "./row.ts";
import { sumOf } from "./sums.ts";

function rowOf({ type }: PrimitiveOp): GradientRow<PrimitiveOp["attributes"]> {
  return gradientTable[type] as GradientRow<PrimitiveOp["attributes"]>;
}

/** `start`, and the values that change with it so that gradients can pass. */
function activeValues(builder: GraphBuilder, nodes: NodeList, start: Iterable<ValueId>): Set<ValueId> {
  const active = new Set(start);
  for (const node of nodes) {
    if (rowOf(node.op) === none || !node.inputs.some((id) => active.has(id))) continue;
    for (const id of node.outputs) if (isFloating(builder.typeOf(id).dtype)) active.add(id);
  }
  return active;
}

/**
 * Walks back over `nodes` from the seeds to `wrt` and appends the gradients' nodes to the builder, those of the node
 * `dense/MatMul` under `gradients/dense/MatMul`.
 */
export function backpropagate({ builder, nodes, seeds, wrt }: BackpropagateOptions): Contributions {
  const active = activeValues(builder, nodes, wrt);
  const contributions = new Map<ValueId, Tracer[]>();
  const contribute = (id: ValueId, gradient: Tracer | undefined) => {
    if (gradient === undefined || !active.has(id)) return;
    // Symbols that have to turn out equal may differ in name.
    const shaped = Reshape(gradient, builder.typeOf(id).shape);
    const known = contributions.get(id);
    if (known === undefined) contributions.set(id, [shaped]);
    else known.push(shaped);
  };
  for (const { value, gradient } of seeds) contribute(value.id, gradient);

  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((id) => contributions.has(id))) continue;
    const wanted = node.inputs.map((id) => active.has(id));
    builder.scoped(`gradients/${node.name}`, () =>
      locate(`The gradient of ${node.name}`, () => {
        const row = rowOf(node.op)({
          name: node.name,
          attributes: node.op.attributes,
          inputs: node.inputs.map((id) => builder.tracer(id)),
          outputs: node.outputs.map((id) => builder.tracer(id)),
          outputGradients: node.outputs.map((id) => sumOf(contributions.get(id))),
          wanted,
          extend: (attributes) => builder.extend(node, { type: node.op.type, attributes } as PrimitiveOp),
          differentiator: { activeValues, backpropagate },
        });
        for (const [i, lazy] of row.entries()) if (wanted[i] === true) contribute(node.inputs[i]!, lazy?.());
      }),
    );
  }
  return new Map([...contributions].filter(([id]) => wrt.has(id)));
}
