const { fround } = Math;

/** Values of a sample in ascending order, and how many elements each stands for. */
interface Summary {
  readonly values: readonly number[];
  readonly weights: readonly number[];
}

/** Every n-th of the sorted numbers, so that about 1 / epsilon are left. */
function summarize(numbers: readonly number[], epsilon: number): Summary {
  const sorted = numbers.map(fround).toSorted((a, b) => a - b);
  const step = Math.max(sorted.length / (1 / epsilon), 1);
  const first = Math.trunc(step - 1);
  const values = sorted.filter((_, i) => i >= first && (i - first) % Math.trunc(step) === 0);
  return { values, weights: values.map(() => fround(step)) };
}

/** What piecewise linear interpolation between the points gives at x; beyond the ends, the ends. */
function interpolate(x: number, xs: readonly number[], ys: readonly number[]): number {
  if (!(x > xs[0]!)) return ys[0]!;
  const right = xs.findIndex((value) => value > x);
  if (right < 0) return ys.at(-1)!;
  const left = right - 1;
  return ((ys[right]! - ys[left]!) / (xs[right]! - xs[left]!)) * (x - xs[left]!) + ys[left]!;
}

/** A summary of about 1 / epsilon values. */
function compress(summary: Summary, epsilon: number): Summary {
  if (summary.values.length * epsilon < 1) return summary;
  const percents = Array.from({ length: Math.ceil(1 / epsilon) }, (_, i) => epsilon + i * epsilon);
  let total = 0;
  const sums = summary.weights.map((weight) => (total = fround(total + weight)));
  const shares = sums.map((sum) => fround(sum / total));
  const values = percents.map((share) => fround(interpolate(share, shares, summary.values)));
  const reached = percents.map((share) => interpolate(share, shares, sums));
  return { values, weights: reached.map((sum, i) => fround(sum - (reached[i - 1] ?? 0))) };
}

function merge(a: Summary, b: Summary, epsilon: number): Summary {
  const pairs = [a, b].flatMap(({ values, weights }) => values.map((value, i) => [value, weights[i]!] as const));
  const sorted = pairs.toSorted(([left], [right]) => left - right);
  return compress({ values: sorted.map(([value]) => value), weights: sorted.map(([, weight]) => weight) }, epsilon);
}

/** The boundaries between `bins` bins that hold about as many of the numbers each, to within epsilon. */
export function quantileBoundaries(
  batches: readonly (readonly number[])[],
  bins: number,
  epsilon: number,
): readonly number[] {
  const nothing: Summary = { values: [], weights: [] };
  const summary = batches.reduce((known, batch) => merge(summarize(batch, epsilon), known, epsilon), nothing);
  return compress(summary, 1 / bins).values.slice(0, -1);
}
