import { adam, dense, input, losses, ops, sequential, setRandomSeed, type Tensor, trainStep } from "lamella";

import { normalNumbers, randomNumbers, rowsOf } from "./points.ts";

/** Points in three rings around the origin, and the number of the ring of each. */
export function ringPoints(count: number, seed: number): { readonly points: Tensor; readonly rings: Int32Array } {
  const random = randomNumbers(seed);
  const normal = normalNumbers(seed + 1);
  const rings = Int32Array.from({ length: count }, () => Math.floor(3 * random()));
  const angles = Float32Array.from({ length: count }, () => 2 * Math.PI * random());
  const points = rowsOf(count, 2, (row, column) => {
    const radius = 1 + rings[row]! + 0.1 * normal();
    return radius * (column === 0 ? Math.cos(angles[row]!) : Math.sin(angles[row]!));
  });
  return { points, rings };
}

export interface DistillationResult {
  readonly teacher: number;
  readonly student: number;
}

/** The share of points whose ring a model finds. */
async function accuracyOn(
  model: { predict(x: Tensor): Promise<Tensor> },
  { points, rings }: ReturnType<typeof ringPoints>,
): Promise<number> {
  const { data } = await model.predict(points);
  const right = rings.filter((ring, row) => {
    const logits = [0, 1, 2].map((k) => Number(data[3 * row + k]));
    return logits.indexOf(Math.max(...logits)) === ring;
  });
  return right.length / rings.length;
}

/**
 * Knowledge distillation (Hinton et al. 2015): a small student learns from what a trained teacher says of points that nobody
 * has labelled. Gives the accuracies of both.
 */
export async function distill(epochs: number, seed = 1): Promise<DistillationResult> {
  setRandomSeed(seed);
  const teacher = sequential([
    dense(64, { activation: "relu", inputShape: [2] }),
    dense(64, { activation: "relu" }),
    dense(3),
  ]);
  const labelled = ringPoints(1000, seed);
  teacher.compile({
    optimizer: adam({ learningRate: 0.01 }),
    loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
    seed,
  });
  await teacher.fit(labelled.points, labelled.rings, { epochs: 10, verbose: 0 });

  const student = sequential([dense(12, { activation: "relu", inputShape: [2] }), dense(3)]);
  const x = input({ shape: [2], name: "points" });
  const temperature = 2;
  const wanted = ops.softmax(ops.divide(teacher(x, { training: false }), temperature));
  const said = ops.logSoftmax(ops.divide(student(x), temperature));
  await using step = trainStep({
    inputs: [x],
    loss: ops.negative(ops.sum(ops.multiply(wanted, said), { axis: -1 })),
    variables: student.trainableWeights,
    optimizer: adam({ learningRate: 0.01 }),
  });
  const { points } = ringPoints(2048, seed + 2);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let start = 0; start < 2048; start += 64) await step.run({ points: points.rows(start, start + 64) });
  }
  const unseen = ringPoints(500, seed + 4);
  return { teacher: await accuracyOn(teacher, unseen), student: await accuracyOn(student, unseen) };
}
