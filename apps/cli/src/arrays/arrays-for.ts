import { formatShape, LamellaError, type Tensor } from "@lamella/ir";
import type { Slot } from "@lamella/train";

type Arrays = Readonly<Record<string, Tensor>>;

/**
 * The arrays for inputs or outputs: by their names, or, where there is one, `x` or `y`.
 *
 * @param where names the file in errors
 * @throws LamellaError `data` that says what is missing and what is there
 */
export function arraysFor(
  given: Arrays,
  slots: readonly Slot[],
  { alias, where }: { readonly alias: "x" | "y"; readonly where: string },
): Record<string, Tensor> {
  const has = (name: string) => Object.hasOwn(given, name);
  const [only] = slots;
  if (slots.length === 1 && !has(only!.name) && has(alias)) return { [only!.name]: given[alias]! };
  const missing = slots.filter(({ name }) => !has(name));
  if (missing.length === 0) return Object.fromEntries(slots.map(({ name }) => [name, given[name]!]));
  const kind = alias === "x" ? "input" : "output";
  throw new LamellaError("data", {
    where,
    problem: `There is nothing for ${kind} ${missing.map(({ name }) => `'${name}'`).join(", ")}.`,
    expected: missing.map(({ name, dtype, shape }) => `${name}: ${dtype} ${formatShape(shape)}`).join("; "),
    received: Object.keys(given).join(", ") || "no arrays",
    hint: slots.length === 1 ? `An array for the only ${kind} may also be named ${alias}.` : undefined,
  });
}

/** The names of arrays that nothing was taken from. */
export function unused(given: Arrays, ...taken: readonly Arrays[]): readonly string[] {
  const used = new Set(taken.flatMap((arrays) => Object.values(arrays)));
  return Object.keys(given).filter((name) => !used.has(given[name]!));
}
