import { tensor } from "@lamella/ir";
import type { JsonObject } from "@lamella/ir";

import type { ArraySource, KerasContents } from "../contents.ts";
import { isObject } from "../json.ts";
import { own } from "./class-names.ts";

interface Entry {
  readonly name: string;
  readonly path: string;
}

/**
 * What the optimizers of Keras 2 and TensorFlow.js call what they keep for each variable, in the order of Keras 3: what stands in
 * one group goes variable by variable, the groups one after another.
 */
const slots: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Adam: [["m", "v"], ["vhat"]],
  Adamax: [["m", "v"]],
  SGD: [["momentum"]],
  RMSprop: [["rms"], ["momentum"], ["mg"]],
  Adagrad: [["accumulator"]],
  Adadelta: [["accum_grad", "accum_var"]],
  Ftrl: [["accumulator", "linear"]],
};

const lastPart = (name: string) => name.replace(/:\d+$/, "").split("/").at(-1)!;

/** Where the learning rate stands, which files of old keep in the configuration alone. */
const ratePath = "learning_rate";

/**
 * The state of an optimizer of Keras 2 in Keras 3's order: the number of steps, the learning rate unless a schedule gives it,
 * and what is kept for the variables. Undefined where the file does not keep what Keras 3's optimizer needs.
 *
 * @param optimizer its configuration in the form of Keras 3
 */
export function optimizerArrays(
  entries: readonly Entry[],
  arrays: ArraySource,
  optimizer: JsonObject,
): KerasContents["optimizer"] {
  const { class_name: className, config } = optimizer;
  const steps = entries.find(({ name }) => ["iter", "iteration"].includes(lastPart(name)));
  if (steps === undefined || typeof className !== "string" || !isObject(config)) return undefined;
  const unused = new Set([ratePath, ...unusedSlots(className, config)]);
  const rest = entries.filter((entry) => entry !== steps && !unused.has(lastPart(entry.name)));
  const isOrdered = lastPart(steps.name) === "iteration";
  const kept = isOrdered ? rest : inOrder(rest, own(slots, className) ?? []);
  if (kept === undefined) return undefined;
  const { learning_rate: rate } = config;
  const written = entries.find(({ name }) => lastPart(name) === ratePath);
  const rates = typeof rate !== "number" ? [] : [written?.path ?? ratePath];
  const withRate: ArraySource = {
    paths: [...new Set([...arrays.paths, ...rates])],
    type: (path) => (path === ratePath ? { shape: [], dtype: "float32" } : arrays.type(path)),
    read: (path) => (path === ratePath ? tensor(Number(rate)) : arrays.read(path)),
  };
  return { arrays: withRate, paths: [steps.path, ...rates, ...kept.map(({ path }) => path)] };
}

/** What TensorFlow.js keeps whether it is used or not. */
function unusedSlots(className: string, { momentum, centered }: JsonObject): readonly string[] {
  if (className !== "RMSprop") return [];
  return [...(momentum === 0 ? ["momentum"] : []), ...(centered === true ? [] : ["mg"])];
}

/** All of the first thing kept, all of the second, ... as they stand in Keras 3's files. */
function inOrder(entries: readonly Entry[], groups: readonly (readonly string[])[]): readonly Entry[] | undefined {
  const bySlot = new Map<string, Entry[]>();
  for (const entry of entries) {
    const slot = lastPart(entry.name);
    bySlot.set(slot, [...(bySlot.get(slot) ?? []), entry]);
  }
  const present = groups.map((group) => group.filter((slot) => bySlot.has(slot)));
  const ordered = present.flatMap((group) => {
    const lists = group.map((slot) => bySlot.get(slot)!);
    return (lists[0] ?? []).flatMap((_, i) => lists.map((list) => list[i]!));
  });
  const isPart = present.some((group, i) => group.length > 0 && group.length < groups[i]!.length);
  if (isPart) return undefined;
  const isWhole = ordered.length === entries.length && ordered.every((entry) => entry !== undefined);
  return isWhole ? ordered : undefined;
}
