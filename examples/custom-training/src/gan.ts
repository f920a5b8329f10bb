import { adam, dense, input, ops, sequential, setRandomSeed, type Tensor, trainStep } from "lamella";

import { normalNumbers, rowsOf } from "./points.ts";

const noiseSize = 4;
const batchSize = 64;

/** What the generator is to imitate: points around (2, -1), 0.5 wide and 0.25 high. */
export function realPoints(normal: () => number, count: number): Tensor {
  return rowsOf(count, 2, (_, column) => (column === 0 ? 2 + 0.5 * normal() : -1 + 0.25 * normal()));
}

export interface GanResult {
  /** Points that the generator makes of noise. */
  readonly generate: (count: number) => Promise<Tensor>;
  /** The losses of both networks, step by step. */
  readonly losses: readonly { readonly discriminator: number; readonly generator: number }[];
}

/** A generative adversarial network (Goodfellow et al. 2014): two models, and a step of training for each. */
export async function trainGan(steps: number, seed = 1): Promise<GanResult> {
  setRandomSeed(seed);
  const generator = sequential([dense(16, { activation: "relu", inputShape: [noiseSize] }), dense(2)]);
  const discriminator = sequential([
    dense(32, { activation: "leakyRelu", inputShape: [2] }),
    dense(32, { activation: "leakyRelu" }),
    dense(1),
  ]);
  const real = input({ shape: [2], name: "real" });
  const noise = input({ shape: [noiseSize], name: "noise" });
  const onReal = discriminator(real);
  const onFake = discriminator(generator(noise));
  const optimizer = adam({ learningRate: 0.002, beta1: 0.5 });
  await using discriminate = trainStep({
    inputs: [real, noise],
    // Crossentropy on logits: real points are to be 1, generated ones 0.
    loss: ops.add(ops.softplus(ops.negative(onReal)), ops.softplus(onFake)),
    variables: discriminator.trainableWeights,
    optimizer,
  });
  await using fool = trainStep({
    inputs: [noise],
    loss: ops.softplus(ops.negative(onFake)),
    variables: generator.trainableWeights,
    optimizer,
  });

  const normal = normalNumbers(seed);
  const makeNoise = (count: number) => rowsOf(count, noiseSize, normal);
  const losses: { discriminator: number; generator: number }[] = [];
  for (let step = 0; step < steps; step++) {
    const one = await discriminate.run({ real: realPoints(normal, batchSize), noise: makeNoise(batchSize) });
    const other = await fool.run({ noise: makeNoise(batchSize) });
    losses.push({ discriminator: one.loss, generator: other.loss });
  }
  return { losses, generate: (count) => generator.predict(makeNoise(count)) };
}
