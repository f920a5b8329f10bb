export const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** The median, with the least and the most in brackets. */
export function show(values: readonly number[]): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
    value.toFixed(value < 100 ? 2 : 0),
  );
  return `${middle} (${least} to ${most})`;
}

/** The median of the ratios of measurements that were taken in turns. */
export const ratio = (ours: readonly number[], theirs: readonly number[]) =>
  median(ours.map((value, i) => value / theirs[i]!)).toFixed(3);
