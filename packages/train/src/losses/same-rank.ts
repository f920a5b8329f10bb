import { LamellaError, formatShape, Reshape, type Tracer } from "@lamella/ir";

const squeezed = (x: Tracer) => Reshape(x, x.shape.slice(0, -1));
const expanded = (x: Tracer) => Reshape(x, [...x.shape, 1]);

/**
 * Brings two tensors whose ranks differ by one to the same rank, where the one more axis has the size 1: a vector gets it
 * too, anything else loses it. (Keras: `squeeze_or_expand_to_same_rank`.)
 */
export function toSameRank(a: Tracer, b: Tracer): readonly [Tracer, Tracer] {
  if (a.rank === b.rank + 1 && a.shape.at(-1) === 1) return b.rank === 1 ? [a, expanded(b)] : [squeezed(a), b];
  if (b.rank === a.rank + 1 && b.shape.at(-1) === 1) return a.rank === 1 ? [expanded(a), b] : [a, squeezed(b)];
  return [a, b];
}

/** The same for weights, which must not be broadcast along the wrong axis. */
export function withWeights(values: Tracer, weights: Tracer): readonly [Tracer, Tracer] {
  const pair = toSameRank(values, weights);
  const [{ rank, shape }, { rank: weightRank }] = pair;
  if (rank === weightRank || rank < 2 || weightRank === 0) return pair;
  throw new LamellaError("shape", {
    problem: "The sample weights do not fit the values they weigh.",
    expected: `weights of shape ${formatShape(shape)}, or 1 where one weight is for all`,
    received: formatShape(weights.shape),
    hint: "One weight a sample is written with a 1 for every further axis.",
  });
}
