import { LamellaError, locate } from "./errors.ts";
import type { Graph, ValueId, ValueType } from "./graph.ts";
import type { PrimitiveGraph, ScanAttributes } from "./primitives/attributes.ts";
import { inferOutputs } from "./primitives/infer.ts";

function broken(graph: { readonly name: string }, problem: string): LamellaError {
  return new LamellaError("graph", { where: graph.name, problem });
}

/**
 * States the invariants of every graph: every value has exactly one producer, nodes run in order, ports have names of their
 * own.
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
  const orphan = graph.values.findIndex((_, id) => !ready.has(id));
  if (orphan >= 0) throw broken(graph, `Nothing gives value ${orphan}.`);
  for (const ports of [graph.inputs, graph.outputs]) {
    const names = new Set<string>();
    for (const { name } of ports) {
      if (names.has(name)) throw broken(graph, `Two ports are named '${name}'.`);
      names.add(name);
    }
  }
}

const typeText = (type: ValueType | undefined) =>
  type === undefined ? "nothing" : `${type.dtype} [${type.shape.join(", ")}]`;

/** `verifyGraph`, and that every node's outputs have the types its operator infers, inside Scan bodies too. */
export function verifyPrimitives(graph: PrimitiveGraph): void {
  verifyGraph(graph);
  const typesOf = (ids: readonly ValueId[]) => ids.map((id) => graph.values[id]!);
  for (const { name, op, inputs, outputs } of graph.nodes) {
    if (op.type === "Scan") verifyScan(graph, name, typesOf(inputs), op.attributes);
    const inferred = locate(name, () => inferOutputs(op.type, typesOf(inputs), op.attributes));
    const declared = typesOf(outputs);
    for (let i = 0; i < Math.max(inferred.length, declared.length); i++) {
      if (typeText(inferred[i]) === typeText(declared[i])) continue;
      throw broken(
        graph,
        `Output ${i} of '${name}' is declared ${typeText(declared[i])}, but its operator gives ${typeText(inferred[i])}.`,
      );
    }
  }
}

/** The body takes what the node gives it, and every state leaves a step as it entered. */
function verifyScan(
  graph: PrimitiveGraph,
  name: string,
  inputs: readonly ValueType[],
  { body, states, invariants }: ScanAttributes,
): void {
  verifyPrimitives(body);
  const taken = body.inputs.map(({ value }) => body.values[value]!);
  const given = inputs.map((type, i) => (i < states + invariants ? type : { ...type, shape: type.shape.slice(1) }));
  for (const [i, port] of body.inputs.entries()) {
    if (typeText(taken[i]) === typeText(given[i])) continue;
    throw broken(
      graph,
      `The body of '${name}' takes ${typeText(taken[i])} as '${port.name}', but is given ${typeText(given[i])}.`,
    );
  }
  const left = body.outputs.map(({ value }) => body.values[value]!);
  for (let i = 0; i < states; i++) {
    if (typeText(taken[i]) === typeText(left[i])) continue;
    throw broken(graph, `State ${i} of '${name}' enters as ${typeText(taken[i])} and leaves as ${typeText(left[i])}.`);
  }
}
