import type { AnyModel } from "@lamella/ir";

import type { Notes } from "../config/notes.ts";
import type { ArraySource } from "../contents.ts";
import type { Matches } from "./fill-variables.ts";
import { type Order, structureOf } from "./structure.ts";

/** A path without what differs between versions of Keras: hidden attributes, and the name of a model's list of layers. */
function canonical(path: string): string {
  return path
    .split("/")
    .map((part) => (part === "_layer_checkpoint_dependencies" ? "layers" : part.replace(/^_/, "")))
    .join("/");
}

/** Arrays that are no weights: states of random generators, how tokens weigh, and what belongs to training. */
const isNoWeight = (path: string) =>
  path.endsWith("/idf_weights") ||
  /(^|\/)_?(seed_generator|random_generator)\//.test(path) ||
  /^_?(optimizer|metrics)\//.test(path);

/** Matches variables and arrays by their paths in Keras's structure. */
export function matchStructure(model: AnyModel, arrays: ArraySource, notes: Notes, order?: Order): Matches {
  const byPath = new Map(arrays.paths.filter((path) => !isNoWeight(path)).map((path) => [canonical(path), path]));
  const seeds = arrays.paths.filter((path) => /_generator\//.test(path) && isNoWeight(path));
  if (seeds.length > 0) notes.ignore(model.name, `states of random generators: ${seeds.join(", ")}.`);
  const matches = structureOf(model, order).map(({ path, variable }) => ({
    variable,
    path: byPath.get(canonical(path)),
  }));
  const used = new Set(matches.map(({ path }) => path));
  return { matches, unused: [...byPath.values()].filter((path) => !used.has(path)) };
}
