import { unknownName } from "./errors.ts";

/** Keras's snake case of a class name: `MaxPooling2D` to `max_pooling2d`. */
export function snakeCase(name: string): string {
  return name
    .replaceAll(/\W+/g, "")
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

const plain = (name: string) => name.replaceAll(/[_\s-]/g, "").toLowerCase();

/**
 * The entry of a table by any spelling of its name: `glorotUniform`, `glorot_uniform` and `GlorotUniform` are one.
 *
 * @throws LamellaError `name` that lists the known names and suggests the nearest.
 */
export function resolveName<Name extends string>(
  kind: string,
  name: string,
  known: readonly Name[],
  where?: string,
  aliases: Readonly<Record<string, Name>> = {},
): Name {
  const exact = known.find((candidate) => candidate === name);
  if (exact !== undefined) return exact;
  const wanted = plain(name);
  const found =
    known.find((candidate) => plain(candidate) === wanted) ??
    Object.entries(aliases).find(([alias]) => plain(alias) === wanted)?.[1];
  if (found !== undefined) return found;
  throw unknownName(kind, name, [...known, ...Object.keys(aliases)], where);
}

const counters = new Map<string, number>();

/** The next automatic name as Keras gives them: `dense`, `dense_1`, ... */
export function automaticName(type: string): string {
  const stem = snakeCase(type.slice(type.lastIndexOf(".") + 1));
  const count = counters.get(stem) ?? 0;
  counters.set(stem, count + 1);
  return count === 0 ? stem : `${stem}_${count}`;
}

/** Starts automatic names from the beginning. (Keras: `clear_session`.) */
export function resetNames(): void {
  counters.clear();
}
