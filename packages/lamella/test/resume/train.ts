// Trains with a backup and says how far it is; what it finds in the backup's folder it goes on with.
import { writeFile } from "node:fs/promises";

import {
  batchNormalization,
  callbacks,
  dataset,
  dense,
  dropout,
  onnxruntime,
  reference,
  sequential,
  setRandomSeed,
  Tensor,
} from "lamella";

const [backend = "", source = "", backupDir = "", result = "", seed = "", pause = ""] = process.argv.slice(2);

/** Numbers that do not depend on the seed. */
const wave = (shape: readonly [number, number], start: number) =>
  new Tensor(
    "float32",
    shape,
    Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => Math.sin(start + 1.7 * i)),
  );

setRandomSeed(Number(seed));
const net = sequential([
  dense(8, { activation: "tanh", inputShape: [3] }),
  dropout(0.3),
  batchNormalization(),
  dense(1),
]);
net.compile({
  optimizer: "adam",
  loss: "mse",
  metrics: ["mae", "rootMeanSquaredError"],
  backend: backend === "reference" ? reference() : onnxruntime({ intraOpThreads: 1 }),
});

const tell = {
  onTrainBatchBegin: (batch: number) => void process.stdout.write(`step ${epoch} ${batch}\n`),
  onEpochBegin: (number: number) => void (epoch = number),
  onTrainBatchEnd: () => new Promise<void>((resolve) => setTimeout(resolve, Number(pause))),
};
let epoch = 0;

const [x, y] = [wave([40, 3], 1), wave([40, 1], 2)];
const options = {
  epochs: 4,
  validationData: [wave([9, 3], 3), wave([9, 1], 4)],
  callbacks: [callbacks.backupAndRestore({ backupDir, saveFreq: 2 }), tell],
  verbose: 0,
} as const;
const { history } =
  source === "arrays"
    ? await net.fit(x, y, { ...options, batchSize: 8 })
    : await net.fit(dataset(x, y).shuffle(40, { seed: 7 }).batch(8).prefetch(1), options);
const weights = (await net.getWeights()).map((weight) => weight.toNumbers());
await writeFile(result, JSON.stringify({ history, weights }));
await net.dispose();
