import { onnxruntime, setRandomSeed } from "lamella";

import { ratio, show } from "./figures.ts";
import { models } from "./models.ts";
import type { Peer } from "./peer.ts";

const rounds = 7;
const steps = 40;

/** Milliseconds a step of `fit`, lamella and Keras in turns. */
export async function benchFit(keras: Peer | undefined, threads: number): Promise<void> {
  setRandomSeed(1);
  console.log("fit, ms a step: median (least to most)");
  for (const { name, inputShape, batchSize, build } of models) {
    const model = build();
    model.compile({
      optimizer: "adam",
      loss: "sparseCategoricalCrossentropy",
      backend: onnxruntime({ intraOpThreads: threads, interOpThreads: 1, flushDenormals: true }),
    });
    const samples = batchSize * steps;
    const size = inputShape.reduce((a, b) => a * b, samples);
    const x = Float32Array.from({ length: size }, () => Math.random());
    const y = Int32Array.from({ length: samples }, () => Math.floor(Math.random() * 10));
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
      if (keras !== undefined) theirs.push(await keras.ask("fit", name, steps));
    }
    const compared = keras === undefined ? "" : `, Keras ${show(theirs)}, ratio ${ratio(ours, theirs)}`;
    console.log(`${name.padEnd(5)} batch ${batchSize}: lamella ${show(ours)}${compared}`);
    await model.dispose();
  }
}
