import { onnxruntime, setRandomSeed } from "lamella";

import { ratio, show } from "./figures.ts";
import { type BenchModel, models, randomData } from "./models.ts";
import type { Peer } from "./peer.ts";

const rounds = 7;
const steps = 40;

/** Steps in one execution: what nobody chose, which is one in Keras, and as many on both sides. */
const together = [undefined, 1, 20];

/** Milliseconds a step of `fit`, lamella and Keras in turns. */
export async function benchFit(keras: Peer | undefined, threads: number): Promise<void> {
  setRandomSeed(1);
  console.log("fit, ms a step: median (least to most)");
  for (const benchModel of models) {
    for (const stepsPerExecution of together) await measure(benchModel, stepsPerExecution, keras, threads);
  }
}

async function measure(
  benchModel: BenchModel,
  stepsPerExecution: number | undefined,
  keras: Peer | undefined,
  threads: number,
): Promise<void> {
  const { name, batchSize, build } = benchModel;
  await using model = build();
  model.compile({
    optimizer: "adam",
    loss: "sparseCategoricalCrossentropy",
    backend: onnxruntime({ intraOpThreads: threads, interOpThreads: 1, flushDenormals: true }),
    ...(stepsPerExecution === undefined ? {} : { stepsPerExecution }),
  });
  const { x, y } = randomData(benchModel, steps);
  const fit = async () => {
    const start = performance.now();
    await model.fit(x, y, { batchSize, verbose: 0 });
    return (performance.now() - start) / steps;
  };
  await fit();
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await fit());
    if (keras !== undefined) theirs.push(await keras.ask("fit", name, steps, stepsPerExecution ?? 1));
  }
  const compared = keras === undefined ? "" : `, Keras ${show(theirs)}, ratio ${ratio(ours, theirs)}`;
  const label = `${name.padEnd(5)} batch ${batchSize}, ${stepsPerExecution ?? "unchosen"} in one execution`;
  console.log(`${label}: lamella ${show(ours)}${compared}`);
}
