import { readNpz } from "@lamella/data";
import { concatRows, formatShape, LamellaError, type Tensor, unknownName } from "@lamella/ir";
import type { Slot } from "@lamella/train";

import { arraysFor, unused } from "./arrays-for.ts";
import { readArray } from "./read-array.ts";

/** The inputs of a model as the command line names them. */
export interface InputOptions {
  /** NAME=FILE each, or FILE where the model has one input. Files of one input become one array, sample after sample. */
  readonly input?: readonly string[] | undefined;
  /** An .npz file of arrays by the names of the inputs. */
  readonly inputs?: string | undefined;
}

/**
 * Inputs from files, by their names; whether they fit is not looked at.
 *
 * @param tell is told what was changed or left out
 * @throws LamellaError
 */
export async function readInputs(
  slots: readonly Slot[],
  { input = [], inputs }: InputOptions,
  tell: (text: string) => void,
): Promise<Record<string, Tensor>> {
  const parts = new Map<string, Tensor[]>();
  for (const text of input) {
    const { slot, path } = targetOf(text, slots);
    const tensor = await readArray(path, slot, tell);
    parts.set(slot.name, [...(parts.get(slot.name) ?? []), tensor]);
  }
  const single = Object.fromEntries(Array.from(parts, ([name, tensors]) => [name, joined(name, tensors)]));
  const archive: Record<string, Tensor> = inputs === undefined ? {} : await readNpz(inputs);
  const where = inputs ?? "--input";
  const missing = slots.filter(({ name }) => !Object.hasOwn(single, name));
  const named = missing.length === 0 ? {} : arraysFor({ ...archive, ...single }, missing, { alias: "x", where });
  const others = unused(archive, named);
  if (others.length > 0) tell(`${where}: ${others.join(", ")} left out: no input of the model`);
  return { ...named, ...single };
}

function targetOf(text: string, slots: readonly Slot[]): { readonly slot: Slot; readonly path: string } {
  const named = slots.find(({ name }) => text.startsWith(`${name}=`));
  if (named !== undefined) return { slot: named, path: text.slice(named.name.length + 1) };
  const at = text.indexOf("=");
  const names = slots.map(({ name }) => name);
  if (at >= 0) throw unknownName("input", text.slice(0, at), names, "--input");
  if (slots.length === 1) return { slot: slots[0]!, path: text };
  throw new LamellaError("config", {
    where: "--input",
    problem: "The model has several inputs, and this says for none what it is.",
    expected: `NAME=FILE with NAME one of ${names.join(", ")}`,
    received: text,
  });
}

function joined(name: string, tensors: readonly Tensor[]): Tensor {
  const [{ dtype, shape }] = tensors as readonly [Tensor];
  const expected = `${dtype} ${formatShape(shape.slice(1))} a sample, as in the first file`;
  for (const other of tensors) {
    if (other.dtype === dtype && other.shape.slice(1).join() === shape.slice(1).join()) continue;
    throw new LamellaError("data", {
      where: `input '${name}'`,
      problem: "The files do not fit together.",
      expected,
      received: `${other.dtype} ${formatShape(other.shape.slice(1))}`,
    });
  }
  return concatRows(tensors);
}
