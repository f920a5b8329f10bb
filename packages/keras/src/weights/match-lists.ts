import type { AnyLayer, AnyModel, Variable } from "@lamella/ir";

import type { Notes } from "../config/notes.ts";
import type { LayerWeights, Weights } from "../contents.ts";
import { currentLayerName } from "../legacy/class-names.ts";
import { lastName } from "../legacy/current-arrays.ts";
import type { Match, Matches } from "./fill-variables.ts";

type Lists = Extract<Weights, { readonly layout: "lists" }>;
type Listed = LayerWeights["weights"];

/** The variables of a layer in the order of legacy files: first those that training changes, then the others. */
function legacyOrder(layer: AnyLayer): readonly Variable[] {
  return [...layer.trainableWeights, ...layer.nonTrainableWeights];
}

/** The layers of a model and of the models within it that are no models. */
function leavesOf(model: AnyModel): readonly AnyLayer[] {
  const inner = model.layers.flatMap((layer) =>
    layer.modelType === undefined ? [layer] : leavesOf(layer as AnyModel),
  );
  return [...new Set(inner)];
}

/** Which list goes with which layer: by name, of the model's layers or of all within; else in their order. */
function pair(
  model: AnyModel,
  lists: readonly LayerWeights[],
  notes: Notes,
): readonly (readonly [AnyLayer, LayerWeights | undefined])[] {
  const layers = model.layers.filter((layer) => layer.weights.length > 0);
  const byName = new Map(lists.map((list) => [currentLayerName(list.layer), list]));
  const leaves = leavesOf(model).filter((layer) => layer.weights.length > 0);
  for (const candidates of [layers, leaves]) {
    const names = new Set(candidates.map(({ name }) => name));
    const isWhole = names.size === candidates.length && [...byName.keys()].every((name) => names.has(name));
    if (isWhole && (candidates.length === lists.length || candidates === leaves)) {
      return candidates.map((layer) => [layer, byName.get(layer.name)]);
    }
  }
  if (layers.length === lists.length) {
    notes.convert(model.name, "the weights go with the layers in their order, since their names differ.");
    return layers.map((layer, i) => [layer, lists[i]!]);
  }
  notes.lose("data", {
    where: model.name,
    problem: "The weights are those of another model: neither the names nor the number of its layers fit.",
    expected: `${layers.length} layers with weights: ${layers.map(({ name }) => name).join(", ")}`,
    received: `${lists.length}: ${lists.map(({ layer }) => layer).join(", ")}`,
  });
  return layers.map((layer) => [layer, byName.get(layer.name)]);
}

/** The weights of a list in the order of the variables: by their names where these are all different, else as they stand. */
function aligned(variables: readonly Variable[], list: Listed): Listed {
  const nameOf = (entry: Listed[number]) => lastName(entry.name.replace(/:\d+$/, ""));
  const byName = new Map(list.map((entry) => [nameOf(entry), entry]));
  const names = new Set(variables.map(({ name }) => lastName(name)));
  const isNamed = byName.size === list.length && names.size === variables.length && list.length === variables.length;
  if (!isNamed || ![...names].every((name) => byName.has(name))) return list;
  return variables.map(({ name }) => byName.get(lastName(name))!);
}

/**
 * Matches each layer's variables with its list of arrays, as Keras 2 and TensorFlow.js write them. States of random generators
 * that Keras 2 lists among the weights are none.
 */
export function matchLists(model: AnyModel, { layers }: Lists, notes: Notes): Matches {
  const lists = layers
    .map(({ layer, weights }) => ({ layer, weights: weights.filter(({ name }) => !/StateVar(?::\d+)?$/.test(name)) }))
    .filter(({ weights }) => weights.length > 0);
  const matches = pair(model, lists, notes).flatMap(([layer, found]): Match[] => {
    const variables = legacyOrder(layer);
    const list = found?.weights ?? [];
    if (list.length !== variables.length && list.length > 0) {
      notes.lose("data", {
        where: layer.label,
        problem: "The number of its arrays does not fit.",
        expected: `${variables.length}: ${variables.map(({ path }) => path).join(", ")}`,
        received: `${list.length}: ${list.map(({ name }) => name).join(", ")}`,
      });
    }
    const paths = aligned(variables, list);
    return variables.map((variable, i) => ({ variable, path: paths[i]?.path }));
  });
  const used = new Set(matches.map(({ path }) => path));
  const listed = lists.flatMap(({ weights }) => weights.map(({ path }) => path));
  return { matches, unused: listed.filter((path) => !used.has(path)) };
}
