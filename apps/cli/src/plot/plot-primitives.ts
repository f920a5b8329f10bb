import { formatShape, type PrimitiveGraph } from "@lamella/ir";

import type { PlotBox, PlotGraph, PlotNode, PlotOptions } from "./plot-graph.ts";

/** The picture of an ONNX graph: a node for every operator but constants; scopes of names as boxes. */
export function plotPrimitives(graph: PrimitiveGraph, options: PlotOptions): PlotGraph {
  const root: PlotBox = { id: "box", title: graph.name, nodes: [], boxes: [] };
  const boxes = new Map([["", root]]);
  const boxOf = (scope: string): PlotBox => {
    const known = boxes.get(scope);
    if (known !== undefined || !options.nested) return known ?? root;
    const at = scope.lastIndexOf("/");
    const box: PlotBox = { id: `box${boxes.size}`, title: scope.slice(at + 1), nodes: [], boxes: [] };
    boxOf(at < 0 ? "" : scope.slice(0, at)).boxes.push(box);
    boxes.set(scope, box);
    return box;
  };
  const shapeOf = (id: number) => (options.shapes ? { shape: formatShape(graph.values[id]!.shape) } : {});
  const producers = new Map<number, string>();
  for (const [i, { name, value }] of graph.inputs.entries()) {
    const node: PlotNode = { id: `in${i}`, name, type: "Input", ...shapeOf(value), kind: "input", frozen: false };
    root.nodes.push(node);
    producers.set(value, node.id);
  }
  const constants = new Set(graph.nodes.flatMap(({ op, outputs }) => (op.type === "Constant" ? outputs : [])));
  const edges = new Map<string, readonly [string, string]>();
  for (const [i, { name, op, inputs, outputs }] of graph.nodes.entries()) {
    if (op.type === "Constant") continue;
    const at = name.lastIndexOf("/");
    const kind = inputs.some((input) => constants.has(input)) ? "weights" : "plain";
    const node: PlotNode = {
      id: `op${i}`,
      name: name.slice(at + 1),
      type: op.type,
      ...shapeOf(outputs[0]!),
      kind,
      frozen: false,
    };
    boxOf(at < 0 ? "" : name.slice(0, at)).nodes.push(node);
    for (const from of inputs.map((input) => producers.get(input))) {
      if (from !== undefined) edges.set(`${from} ${node.id}`, [from, node.id]);
    }
    for (const id of outputs) producers.set(id, node.id);
  }
  for (const [i, { name, value }] of graph.outputs.entries()) {
    const node: PlotNode = { id: `out${i}`, name, type: "Output", ...shapeOf(value), kind: "output", frozen: false };
    root.nodes.push(node);
    const from = producers.get(value);
    if (from !== undefined) edges.set(`${from} ${node.id}`, [from, node.id]);
  }
  return { root, edges: [...edges.values()] };
}
