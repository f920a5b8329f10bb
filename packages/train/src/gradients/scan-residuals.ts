import {
  GraphBuilder,
  Identity,
  type PrimitiveGraph,
  type ScanAttributes,
  type Tracer,
  type ValueId,
} from "@lamella/ir";

import { replay } from "./replay.ts";
import type { NodeGradient } from "./row.ts";
import type { BodyGradient } from "./scan-body.ts";

/** The output of the body that already stacks a value, or a state as it was before the step. */
function stackedAt(id: ValueId, { builder, outputs, states }: BodyGradient): number {
  const isCopy = (output: Tracer) =>
    builder.nodes.some(
      ({ op, inputs, outputs: given }) => op.type === "Identity" && inputs[0] === id && given[0] === output.id,
    );
  return outputs.findIndex((output, i) => i >= states.length && (output.id === id || isCopy(output)));
}

/**
 * Has a forward loop stack values of its body: gives the node more outputs where it has to, and returns the stacks by the
 * values' numbers in the body gradient's builder.
 */
export function stackResiduals(
  node: NodeGradient<ScanAttributes>,
  body: BodyGradient,
  wanted: readonly ValueId[],
): ReadonlyMap<ValueId, Tracer> {
  const known = wanted.map((id) => [id, node.outputs[stackedAt(id, body)]] as const);
  const missing = known.flatMap(([id, stack]) => (stack === undefined ? [id] : []));
  const added = missing.length === 0 ? [] : node.extend({ ...node.attributes, body: withOutputs(node, body, missing) });
  const stacks = new Map(missing.map((id, i) => [id, added[i]!]));
  for (const [id, stack] of known) if (stack !== undefined) stacks.set(id, stack);
  return stacks;
}

function withOutputs(
  { attributes: { body: graph } }: NodeGradient<ScanAttributes>,
  body: BodyGradient,
  added: readonly ValueId[],
): PrimitiveGraph {
  const target = new GraphBuilder(graph.name);
  const inputs = [...body.states, ...body.invariants, ...body.scanned];
  const values = new Map(
    inputs.map(({ id, shape, dtype }, i) => [id, target.input(graph.inputs[i]!.name, shape, dtype)]),
  );
  const isInput = new Set(values.keys());
  replay(body.builder.nodes.slice(0, body.ownNodes), target, values);
  const residual = (id: ValueId) => (isInput.has(id) ? Identity(values.get(id)!) : values.get(id)!);
  const outputs = [
    ...graph.outputs.map(({ name }, i): [string, Tracer] => [name, values.get(body.outputs[i]!.id)!]),
    ...added.map((id, i): [string, Tracer] => [`residual${graph.outputs.length + i}`, residual(id)]),
  ];
  return target.finish(Object.fromEntries(outputs));
}
