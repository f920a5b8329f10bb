import { snakeCase } from "@lamella/ir";

/** Names of the members of a list in Keras's structure: their classes in snake case, numbered from the second on. */
export function memberNames(classes: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return classes.map((type) => {
    const name = snakeCase(type.slice(type.lastIndexOf(">") + 1));
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}
