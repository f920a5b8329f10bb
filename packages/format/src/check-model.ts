import type { SavedLayer } from "@lamella/ir";

import { checkGraph, checkIndex } from "./check-graph.ts";
import { formatError } from "./header.ts";
import { references } from "./references.ts";
import type { ModelOf } from "./stored.ts";

/** How deep models and layers may be nested in one another. */
const deepestNesting = 100;

/**
 * Checks the rules that a model obeys both before it is written and after it was read: those of its graphs; indices in
 * range; weight names unique within their layer; no layer within itself.
 *
 * @throws LamellaError `format`.
 */
export function checkModel(model: ModelOf<unknown>): void {
  const count = model.layers.length;
  checkIndex(model.root, count, "layer", "root");
  const children = model.layers.map((layer, i) => checkLayer(layer, count, `layers[${i}] '${layer.name}'`));
  checkNesting(children, model.layers);
  const names = new Set<string>();
  for (const [i, { layer, name }] of model.weights.entries()) {
    const where = `weights[${i}] '${name}'`;
    checkIndex(layer, count, "layer", where);
    const key = `${layer} ${name}`;
    if (names.has(key)) throw formatError(where, `Layer ${layer} has two weights of this name.`);
    names.add(key);
  }
}

/** Checks a layer and returns which layers it holds. */
function checkLayer(layer: SavedLayer, count: number, where: string): number[] {
  const held = new Set(references(layer.config, "layer"));
  for (const index of held) checkIndex(index, count, "layer", `${where} config`);
  if (layer.graph !== undefined) {
    checkGraph(layer.graph, count, where);
    for (const index of layer.graph.layers) held.add(index);
    for (const node of layer.graph.nodes) held.add(node.layer);
  }
  return [...held];
}

/** Walks down from every layer: `depths` has those that are done, `open` the way down to the current one. */
function checkNesting(children: readonly (readonly number[])[], layers: readonly SavedLayer[]): void {
  const depths = new Map<number, number>();
  const open = new Set<number>();
  const visit = (layer: number): number => {
    const known = depths.get(layer);
    if (known !== undefined) return known;
    const where = `layers[${layer}] '${layers[layer]!.name}'`;
    if (open.has(layer)) throw formatError(where, "The layer is within itself.");
    if (open.size >= deepestNesting) throw formatError(where, `Layers are nested more than ${deepestNesting} deep.`);
    open.add(layer);
    const depth = 1 + children[layer]!.reduce((deepest, child) => Math.max(deepest, visit(child)), 0);
    open.delete(layer);
    if (depth > deepestNesting) throw formatError(where, `Layers are nested more than ${deepestNesting} deep.`);
    depths.set(layer, depth);
    return depth;
  };
  for (const layer of layers.keys()) visit(layer);
}
