import { cpus } from "node:os";

import { onnxruntime, setRandomSeed } from "lamella";

import { startKeras } from "./keras-peer.ts";
import { models } from "./models.ts";

const threads = 2;
const rounds = 7;
const steps = 40;

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

setRandomSeed(1);
const keras = await startKeras(threads);
console.log(`${cpus()[0]!.model}, ${cpus().length} cores; Node ${process.versions.node}; ${threads} threads each`);
console.log(
  keras === undefined
    ? "Keras is not here: run internal/keras-golden/generate.sh once to compare with it."
    : `Keras ${keras.versions["keras"]} on TensorFlow ${keras.versions["tensorflow"]}; rounds take turns`,
);
console.log("fit, ms a step (median, least and most of the rounds)");

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
    if (keras !== undefined) theirs.push(await keras.fit(name, steps));
  }
  const show = (values: readonly number[]) =>
    `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
  const ratio = median(ours.map((value, i) => value / theirs[i]!));
  const compared = keras === undefined ? "" : `, Keras ${show(theirs)}, ratio ${ratio.toFixed(2)}`;
  console.log(`${name.padEnd(5)} batch ${batchSize}: lamella ${show(ours)}${compared}`);
  await model.dispose();
}
keras?.stop();
