import type { AnyModel } from "@lamella/ir";

import type { Notes } from "../config/notes.ts";
import type { Weights } from "../contents.ts";
import type { Match, Matches } from "./fill-variables.ts";

type Lists = Extract<Weights, { readonly layout: "lists" }>;

/**
 * Matches each layer's variables with its list of arrays: first those that training changes, then the others, as Keras 2
 * writes them. Layers are found by name.
 */
export function matchLists(model: AnyModel, { layers }: Lists, notes: Notes): Matches {
  const lists = new Map(layers.map(({ layer, weights }) => [layer, weights]));
  const matches: Match[] = [];
  for (const layer of model.layers) {
    const variables = [...layer.trainableWeights, ...layer.nonTrainableWeights];
    const list = lists.get(layer.name) ?? [];
    lists.delete(layer.name);
    if (list.length !== variables.length && list.length > 0) {
      notes.lose("data", {
        where: layer.label,
        problem: "The number of its arrays does not fit.",
        expected: `${variables.length}: ${variables.map(({ path }) => path).join(", ")}`,
        received: `${list.length}: ${list.map(({ name }) => name).join(", ")}`,
      });
    }
    matches.push(...variables.map((variable, i): Match => ({ variable, path: list[i]?.path })));
  }
  const used = new Set(matches.map(({ path }) => path));
  const listed = layers.flatMap(({ weights }) => weights.map(({ path }) => path));
  return { matches, unused: listed.filter((path) => !used.has(path)) };
}
