/** Items that follow each other and belong together, list by list. */
export function neighbours<T>(items: readonly T[], belong: (a: T, b: T) => boolean): readonly (readonly T[])[] {
  const parts: T[][] = [];
  for (const item of items) {
    const part = parts.at(-1);
    if (part !== undefined && belong(part[0]!, item)) part.push(item);
    else parts.push([item]);
  }
  return parts;
}
