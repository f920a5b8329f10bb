import { type AnyModel, LamellaError, type Variable } from "@lamella/ir";

import type { Notes } from "../config/notes.ts";
import type { ArraySource, Weights } from "../contents.ts";
import { currentArrays } from "../legacy/current-arrays.ts";
import { writerOf } from "../legacy/writer.ts";
import { matchLists } from "./match-lists.ts";
import { matchStructure } from "./match-structure.ts";
import type { Order } from "./structure.ts";

/** A variable and the array that it gets. */
export interface Match {
  readonly variable: Variable;
  /** Absent where the file has none for it. */
  readonly path: string | undefined;
}

/** How the variables of a model and the arrays of a file go together. */
export interface Matches {
  readonly matches: readonly Match[];
  /** Arrays that no variable takes. */
  readonly unused: readonly string[];
}

/** The variables that were filled, with the path of what filled them. */
export type Filled = ReadonlyMap<Variable, string>;

function checkComplete({ matches, unused }: Matches, model: AnyModel, notes: Notes): void {
  const unfilled = matches.filter(({ path }) => path === undefined).map(({ variable }) => variable.path);
  if (unfilled.length === 0 && unused.length === 0) return;
  const list = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "));
  notes.lose("data", {
    where: model.name,
    problem: "The weights are not all and only those of the model.",
    expected: `arrays for ${list(unfilled)} too`,
    received: `arrays that have no place: ${list(unused)}`,
  });
}

function checkShape({ variable, path }: Match, source: ArraySource): void {
  const { shape } = source.type(path!);
  if (shape.length === variable.shape.length && shape.every((dim, i) => dim === variable.shape[i])) return;
  throw new LamellaError("shape", {
    where: variable.path,
    problem: `The array '${path}' does not fit the weight.`,
    expected: `shape (${variable.shape.join(", ")})`,
    received: `shape (${shape.join(", ")})`,
  });
}

/**
 * Fills the variables of a model from the arrays of a file. All shapes are checked before anything is read; a variable that
 * is filled never computes its first value. Arrays of older versions than Keras 3 become what they mean today.
 *
 * @param order the order of layers in the file, where that may not be the model's
 * @throws LamellaError `shape`; `data` that names what is left over on either side, when strict
 */
export function fillVariables(
  model: AnyModel,
  weights: Weights,
  notes: Notes,
  kerasVersion?: string,
  order?: Order,
): Filled {
  const found =
    weights.layout === "structure"
      ? matchStructure(model, weights.arrays, notes, order)
      : matchLists(model, weights, notes);
  checkComplete(found, model, notes);
  const arrays = currentArrays(model, found.matches, weights.arrays, writerOf(kerasVersion ?? "3"));
  const usable = found.matches.filter(({ path }) => path !== undefined);
  for (const match of usable) checkShape(match, arrays);
  for (const { variable, path } of usable) variable.write(arrays.read(path!));
  return new Map(usable.map(({ variable, path }) => [variable, path!]));
}
