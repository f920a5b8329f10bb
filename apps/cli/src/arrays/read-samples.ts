import { readNpz } from "@lamella/data";
import { formatShape, type Tensor } from "@lamella/ir";
import type { Slot } from "@lamella/train";

import { arraysFor, unused } from "./arrays-for.ts";

/** Inputs and targets by the names of inputs and outputs. */
export interface Sampled {
  readonly x: Record<string, Tensor>;
  readonly y: Record<string, Tensor>;
  /** What was taken, by the names in the file. */
  readonly types: Readonly<Record<string, string>>;
}

interface Ends {
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
}

/**
 * Inputs and targets from an .npz file: `x` and `y` for single ones, else arrays by the names of inputs and outputs.
 *
 * @param tell is told what is left out
 * @throws LamellaError that names the file, what is missing and what is there
 */
export async function readSamples(
  path: string,
  { inputs, outputs }: Ends,
  tell: (text: string) => void,
): Promise<Sampled> {
  const arrays: Readonly<Record<string, Tensor>> = await readNpz(path);
  const x = arraysFor(arrays, inputs, { alias: "x", where: path });
  const y = arraysFor(arrays, outputs, { alias: "y", where: path });
  const others = unused(arrays, x, y);
  if (others.length > 0) tell(`${path}: ${others.join(", ")} left out: no input or output of the model`);
  const types = Object.entries(arrays)
    .filter(([name]) => !others.includes(name))
    .map(([name, { dtype, shape }]) => [name, `${dtype} ${formatShape(shape)}`] as const);
  return { x, y, types: Object.fromEntries(types) };
}
