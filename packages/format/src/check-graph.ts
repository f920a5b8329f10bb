import { type Port, type SavedGraph, type SavedNode, type ValueType } from "@lamella/ir";

import { normalDim } from "./check-dim.ts";
import { formatError } from "./header.ts";
import { references } from "./references.ts";
import { checkRank } from "./stored.ts";

/** Checks that `index` is one of `count` things. */
export function checkIndex(index: number, count: number, what: string, where: string): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  const expected = count === 0 ? undefined : `0 to ${count - 1}`;
  throw formatError(where, `There is no ${what} ${index}.`, expected);
}

/**
 * Checks the rules of a graph: indices in range; nodes in an order in which they can run; every value either one graph
 * input or the output of one node; unique port names; tensors in arguments among the node's inputs; valid types.
 */
export function checkGraph(graph: SavedGraph, layerCount: number, where: string): void {
  const produced = new Uint8Array(graph.values.length);
  for (const [i, value] of graph.values.entries()) checkValueType(value, `${where} values[${i}]`);
  for (const layer of graph.layers) checkIndex(layer, layerCount, "layer", `${where} graph`);
  checkPorts(graph.inputs, graph.values.length, `${where} inputs`);
  checkPorts(graph.outputs, graph.values.length, `${where} outputs`);
  for (const { value } of graph.inputs) produce(produced, value, `${where} inputs`);
  for (const [i, node] of graph.nodes.entries()) {
    const place = `${where} nodes[${i}]`;
    checkIndex(node.layer, layerCount, "layer", place);
    checkInputs(node, produced, place);
    for (const output of node.outputs) produce(produced, output, place);
  }
  const missing = produced.indexOf(0);
  if (missing >= 0) throw formatError(where, `Nothing produces value ${missing}.`);
}

function checkPorts(ports: readonly Port[], valueCount: number, where: string): void {
  const names = new Set<string>();
  for (const { name, value } of ports) {
    checkIndex(value, valueCount, "value", `${where} '${name}'`);
    if (names.has(name)) throw formatError(where, `The name '${name}' stands there twice.`);
    names.add(name);
  }
}

function checkInputs(node: SavedNode, produced: Uint8Array, where: string): void {
  for (const input of node.inputs) {
    checkIndex(input, produced.length, "value", where);
    if (produced[input] === 0) throw formatError(where, `Value ${input} is used before it is produced.`);
  }
  if (!Number.isInteger(node.positional) || node.positional < 0 || node.positional > node.inputs.length) {
    throw formatError(where, `${node.positional} of ${node.inputs.length} inputs cannot be positional.`);
  }
  for (const index of references(node.args, "tensor")) checkIndex(index, node.inputs.length, "input", `${where} args`);
}

function produce(produced: Uint8Array, value: number, where: string): void {
  checkIndex(value, produced.length, "value", where);
  if (produced[value] === 1) throw formatError(where, `Value ${value} is produced twice.`);
  produced[value] = 1;
}

function checkValueType({ shape }: ValueType, where: string): void {
  checkRank(shape, where);
  for (const dim of shape) normalDim(dim, where);
}
