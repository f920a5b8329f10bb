import { isFloating, type PrimitiveGraph, type ValueId } from "@lamella/ir";

import { followers } from "../models/program.ts";

/** What a layer gives. */
export interface LayerValues {
  /** The name of the layer, with those of the models it is in; that of the operator where a graph knows of no layers. */
  readonly layer: string;
  readonly values: readonly ValueId[];
}

/**
 * What layers give to others, in the order in which they run: floats that follow from the inputs. Operators belong to the layer that
 * their names begin with, as in lamella's files and in .onnx files of most programs.
 */
export function layerValues(graph: PrimitiveGraph, inputs: Iterable<ValueId>): LayerValues[] {
  const computed = followers(graph, inputs);
  const left = leaving(graph);
  const layers = new Map<string, ValueId[]>();
  for (const { name, outputs } of graph.nodes) {
    for (const id of outputs) {
      const { dtype, shape } = graph.values[id]!;
      if (!computed.has(id) || !left.has(id) || !isFloating(dtype) || shape.length === 0) continue;
      const layer = layerOf(name);
      layers.set(layer, [...(layers.get(layer) ?? []), id]);
    }
  }
  return Array.from(layers, ([layer, values]) => ({ layer, values }));
}

function layerOf(node: string): string {
  return node.slice(0, Math.max(node.lastIndexOf("/"), 0)) || node;
}

/** The values that another layer takes, and the outputs of the graph. */
function leaving({ nodes, outputs }: PrimitiveGraph): ReadonlySet<ValueId> {
  const producers = new Map<ValueId, string>();
  const left = new Set(outputs.map(({ value }) => value));
  for (const { name, inputs, outputs: given } of nodes) {
    for (const id of inputs) if (producers.get(id) !== layerOf(name)) left.add(id);
    for (const id of given) producers.set(id, layerOf(name));
  }
  return left;
}

/** The graph with further outputs, and their names in the order of the values. Outputs that it has already are taken as they are. */
export function withOutputs(
  graph: PrimitiveGraph,
  values: readonly ValueId[],
): { readonly graph: PrimitiveGraph; readonly names: ReadonlyMap<ValueId, string> } {
  const names = new Map(graph.outputs.map(({ name, value }) => [value, name]));
  const added = values.filter((value) => !names.has(value)).map((value) => ({ name: `lamella:value:${value}`, value }));
  for (const { name, value } of added) names.set(value, name);
  return { graph: { ...graph, outputs: [...graph.outputs, ...added] }, names };
}
