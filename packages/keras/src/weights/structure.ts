import { type AnyLayer, type AnyModel, isLayer, type Variable } from "@lamella/ir";

import { memberNames } from "./member-names.ts";

/** A variable and its place in Keras's structure, such as `layers/dense/vars/0`. */
export interface StructureEntry {
  readonly path: string;
  readonly variable: Variable;
  /** The layer that it belongs to. */
  readonly layer: AnyLayer;
}

/** Keras's attributes of what lamella keeps under another name: parts of a layer, and scopes of its weights. */
const attributes: Readonly<Record<string, string>> = {
  forward: "forward_layer",
  backward: "backward_layer",
};

/** Attributes of the layers within layers that attend; grouped ones hide theirs. */
function scopeAttribute(layer: AnyLayer, scope: string): string {
  const name = `${scope === "attention_output" ? "output" : scope}_dense`;
  return "numKeyValueHeads" in layer.definition.fields || scope === "gate" ? `_${name}` : name;
}

/** The weights that a layer declared itself, or counts among its own: in front of those of the layers within. */
function declaredBy(layer: AnyLayer): readonly Variable[] {
  const { weights } = layer;
  const inner = [...new Set(layer.sublayers.flatMap((each) => each.weights))];
  for (let count = 0; ; count++) {
    const own = new Set(weights.slice(0, count));
    const rest = inner.filter((variable) => !own.has(variable));
    if (weights.length - count === rest.length && rest.every((variable, i) => variable === weights[count + i])) {
      return [...own];
    }
  }
}

/** The layers of a model in the order that their places are numbered in. */
export type Order = (model: AnyModel) => readonly AnyLayer[];

/** The layers within a layer by their places in it. */
function membersOf(layer: AnyLayer, order: Order): readonly (readonly [place: string, layer: AnyLayer])[] {
  const list = (place: string, layers: readonly AnyLayer[]) => {
    const names = memberNames(layers.map(({ type }) => type));
    return layers.map((each, i) => [`${place}/${names[i]}`, each] as const);
  };
  if (layer.modelType !== undefined) return list("layers", order(layer as AnyModel));
  const parts = Object.entries(layer.parts);
  if (parts.length > 0) return parts.map(([role, part]) => [attributes[role] ?? role, part] as const);
  return Object.entries(layer.config).flatMap(([field, value]) => {
    if (isLayer(value)) return [[field, value] as const];
    return Array.isArray(value) && value.some(isLayer) ? list(field, value as readonly AnyLayer[]) : [];
  });
}

/** The place of a variable within its layer: those under a scope are numbered there. */
function placesIn(layer: AnyLayer): readonly (readonly [place: string, variable: Variable])[] {
  const counts = new Map<string, number>();
  return declaredBy(layer).map((variable) => {
    const { name } = variable;
    const isScoped = variable.nameIn(layer) === name && name.includes("/");
    const group = isScoped ? `${scopeAttribute(layer, name.slice(0, name.lastIndexOf("/")))}/vars` : "vars";
    const index = counts.get(group) ?? 0;
    counts.set(group, index + 1);
    return [`${group}/${index}`, variable] as const;
  });
}

/** Visits a model and all layers within it in Keras's order, each once, with what the paths of its variables start with. */
export function visitLayers(
  model: AnyModel,
  visit: (layer: AnyLayer, prefix: string) => void,
  order: Order = ({ layers }) => layers,
): void {
  const visited = new Set<AnyLayer>();
  const enter = (layer: AnyLayer, prefix: string): void => {
    if (visited.has(layer)) return;
    visited.add(layer);
    visit(layer, prefix);
    for (const [place, member] of membersOf(layer, order)) enter(member, `${prefix}${place}/`);
  };
  enter(model, "");
}

/**
 * All variables of a model with their paths in Keras 3's weight files, in Keras's order. What several places share stands at
 * the first of them.
 *
 * @param order default: that of the model's layers
 */
export function structureOf(model: AnyModel, order?: Order): readonly StructureEntry[] {
  const entries: StructureEntry[] = [];
  const enter = (layer: AnyLayer, prefix: string): void => {
    for (const [place, variable] of placesIn(layer)) entries.push({ path: `${prefix}${place}`, variable, layer });
  };
  visitLayers(model, enter, order);
  return entries;
}
