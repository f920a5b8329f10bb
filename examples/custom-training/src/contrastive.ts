import {
  adam,
  dense,
  input,
  ops,
  sequential,
  setRandomSeed,
  type SymbolicTensor,
  type Tensor,
  trainStep,
} from "lamella";

import { normalNumbers, randomNumbers, rowsOf } from "./points.ts";

const width = 12;
const groups = 4;

/** A signal of one of four frequencies with a phase of its own and noise: no two look alike. */
function signalOf(group: number, phase: number, noise: () => number): (column: number) => number {
  return (column) => Math.sin(((group + 1) * 2 * Math.PI * column) / width + phase) + 0.8 * noise();
}

/** Two views of each of a number of signals: the same frequency, other phases and noise. */
function viewsOf(
  count: number,
  random: () => number,
  noise: () => number,
): { readonly views: readonly [Tensor, Tensor]; readonly labels: readonly number[] } {
  const labels = Array.from({ length: count }, () => Math.floor(groups * random()));
  const view = () => {
    const signals = labels.map((label) => signalOf(label, 2 * Math.PI * random(), noise));
    return rowsOf(count, width, (row, column) => signals[row]!(column));
  };
  return { views: [view(), view()], labels };
}

const normalized = (x: SymbolicTensor) => ops.divide(x, ops.norm(x, { axis: -1, keepdims: true }));

export interface ContrastiveResult {
  /** The share of signals whose nearest neighbour among others has the same frequency: as they are, and as embedded. */
  readonly raw: number;
  readonly embedded: number;
}

/**
 * Contrastive learning (van den Oord et al. 2018; Chen et al. 2020): embeddings of two views of the same thing are drawn
 * together, away from those of all others in the batch. No labels are used.
 */
export async function learnContrastively(steps: number, seed = 1): Promise<ContrastiveResult> {
  setRandomSeed(seed);
  const encoder = sequential([
    dense(64, { activation: "relu", inputShape: [width] }),
    dense(64, { activation: "relu" }),
    dense(4),
  ]);
  const a = input({ shape: [width], name: "a" });
  const b = input({ shape: [width], name: "b" });
  const [one, other] = [normalized(encoder(a)), normalized(encoder(b))];
  const temperature = 0.2;
  const similarities = ops.divide(ops.matmul(one, ops.transpose(other)), temperature);
  const own = ops.divide(ops.sum(ops.multiply(one, other), { axis: -1 }), temperature);
  await using step = trainStep({
    inputs: [a, b],
    loss: ops.subtract(ops.logsumexp(similarities, { axis: -1 }), own),
    variables: encoder.trainableWeights,
    optimizer: adam({ learningRate: 0.003 }),
  });
  const random = randomNumbers(seed);
  const noise = normalNumbers(seed + 1);
  for (let i = 0; i < steps; i++) {
    const [first, second] = viewsOf(64, random, noise).views;
    await step.run({ a: first, b: second });
  }
  const { views, labels } = viewsOf(200, random, noise);
  return {
    raw: nearestShare(views[0], labels),
    embedded: nearestShare(await encoder.predict(views[0]), labels),
  };
}

/** The share of rows whose most similar other row, by the angle between them, has the same label. */
function nearestShare(rows: Tensor, labels: readonly number[]): number {
  const size = rows.shape[1]!;
  const values = rows.toNumbers();
  const at = (row: number) => values.slice(row * size, (row + 1) * size);
  const cosine = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, value, i) => sum + value * q[i]!, 0) / (Math.hypot(...p) * Math.hypot(...q));
  const right = labels.filter((label, row) => {
    const scores = labels.map((_, i) => (i === row ? -Infinity : cosine(at(row), at(i))));
    return labels[scores.indexOf(Math.max(...scores))] === label;
  });
  return right.length / labels.length;
}
