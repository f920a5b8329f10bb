import { LamellaError } from "./errors.ts";
import type { Graph, ValueId } from "./graph.ts";
import type { PrimitiveGraph } from "./primitives/attributes.ts";
import { inferOutputs } from "./primitives/infer.ts";

function broken(graph: { readonly name: string }, problem: string): LamellaError {
  return new LamellaError("graph", { where: graph.name, problem });
}

/**
 * States the invariants of every graph: values exist and have one producer, nodes run in order, ports have names of
 * their own.
 *
 * @throws LamellaError `graph`
 */
export function verifyGraph<Op>(graph: Graph<Op>): void {
  const ready = new Set<ValueId>();
  const produce = (id: ValueId, by: string) => {
    if (graph.values[id] === undefined) throw broken(graph, `'${by}' gives value ${id}, which is not declared.`);
    if (ready.has(id)) throw broken(graph, `Value ${id} has two producers; '${by}' is the second.`);
    ready.add(id);
  };
  for (const { name, value } of graph.inputs) produce(value, name);
  for (const node of graph.nodes) {
    for (const id of node.inputs) {
      if (!ready.has(id)) throw broken(graph, `'${node.name}' takes value ${id} before anything gives it.`);
    }
    for (const id of node.outputs) produce(id, node.name);
  }
  for (const { name, value } of graph.outputs) {
    if (!ready.has(value)) throw broken(graph, `Output '${name}' is value ${value}, which nothing gives.`);
  }
  for (const ports of [graph.inputs, graph.outputs]) {
    const names = ports.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw broken(graph, `Two ports are named '${twice}'.`);
  }
}

/** `verifyGraph`, and that every node's outputs have the types its operator infers, inside Scan bodies too. */
export function verifyPrimitives(graph: PrimitiveGraph): void {
  verifyGraph(graph);
  for (const node of graph.nodes) {
    const types = inferOutputs(
      node.op.type,
      node.inputs.map((id) => graph.values[id]!),
      node.op.attributes,
    );
    for (const [i, id] of node.outputs.entries()) {
      const declared = graph.values[id]!;
      const inferred = types[i];
      if (inferred?.dtype !== declared.dtype || inferred.shape.join() !== declared.shape.join()) {
        throw broken(
          graph,
          `Output ${i} of '${node.name}' is declared ${declared.dtype} [${declared.shape.join(", ")}], ` +
            `but its operator gives ${inferred?.dtype} [${inferred?.shape.join(", ")}].`,
        );
      }
    }
    if (node.op.type === "Scan") verifyScan(graph, node.name, node.op.attributes);
  }
}

function verifyScan(
  graph: PrimitiveGraph,
  name: string,
  { body, states }: { readonly body: PrimitiveGraph; readonly states: number },
): void {
  verifyPrimitives(body);
  for (let i = 0; i < states; i++) {
    const before = body.values[body.inputs[i]!.value]!;
    const after = body.values[body.outputs[i]!.value]!;
    if (before.dtype !== after.dtype || before.shape.join() !== after.shape.join()) {
      throw broken(
        graph,
        `State ${i} of '${name}' enters as ${before.dtype} [${before.shape.join(", ")}] and leaves as ` +
          `${after.dtype} [${after.shape.join(", ")}].`,
      );
    }
  }
}
