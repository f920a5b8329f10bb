import {
  evalShape,
  fromNumbers,
  isFloating,
  isSymbol,
  type Primitive,
  randomKey,
  randomUniform,
  sizeOf,
  Tensor,
  type ValueId,
} from "@lamella/ir";

import { inputsOf, type Program } from "./program.ts";

export interface GeneratedOptions {
  /** The size of the first axis of inputs that leave it open. */
  readonly samples: number;
  /** Other sizes that the model leaves open. */
  readonly size: number;
  readonly seed: number;
}

/** Where a whole number that no operator says a bound for ends. */
const defaultBound = 10;

/**
 * Inputs for a model, which the seed decides: floats from -1 to 1, whole numbers below what the model takes rows of a table by, else
 * below 10.
 */
export function generatedInputs(program: Program, { samples, size, seed }: GeneratedOptions): Record<string, Tensor> {
  const inputs = inputsOf(program);
  const first = new Set(inputs.map(({ shape }) => shape[0]));
  const bounds = indexBounds(program);
  const bindings: Record<string, number> = {};
  for (const dim of inputs.flatMap(({ shape }) => shape)) {
    if (typeof dim === "string" && isSymbol(dim)) bindings[dim] = first.has(dim) ? samples : size;
  }
  return Object.fromEntries(
    inputs.map(({ name, value, shape, dtype }) => {
      const sizes = evalShape(shape, bindings);
      const numbers = randomUniform(randomKey("inputs", seed, name), sizeOf(sizes));
      const bound = bounds.get(value) ?? (dtype === "bool" ? 2 : isFloating(dtype) ? undefined : defaultBound);
      const values =
        bound === undefined ? numbers : Float64Array.from(numbers, (number) => Math.floor(((number + 1) / 2) * bound));
      return [name, new Tensor(dtype, sizes, fromNumbers(dtype, values))];
    }),
  );
}

/** What leaves an index an index, one that was counted from the end included. */
const passing: ReadonlySet<Primitive> = new Set<Primitive>([
  ...(["Cast", "Identity", "Reshape", "Transpose", "Expand", "Slice", "Concat"] as const),
  ...(["Where", "Add", "Max", "Min"] as const),
]);

/** The inputs that rows of tables are taken by, with the numbers of rows. */
function indexBounds(program: Program): ReadonlyMap<ValueId, number> {
  const { graph } = program;
  const origins = new Map<ValueId, ReadonlySet<ValueId>>(
    inputsOf(program).map(({ value }) => [value, new Set([value])]),
  );
  const bounds = new Map<ValueId, number>();
  for (const { op, inputs, outputs } of graph.nodes) {
    if (op.type === "Gather") {
      const rows = graph.values[inputs[0]!]!.shape[op.attributes.axis];
      if (typeof rows !== "number") continue;
      for (const input of origins.get(inputs[1]!) ?? []) bounds.set(input, Math.min(bounds.get(input) ?? rows, rows));
    }
    if (!passing.has(op.type)) continue;
    const from = inputs.flatMap((id) => Array.from(origins.get(id) ?? []));
    if (from.length > 0) for (const id of outputs) origins.set(id, new Set(from));
  }
  return bounds;
}
