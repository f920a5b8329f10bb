/** Runs the benchmark models in tf.layers: reads `fit MODEL STEPS` or `predict MODEL STEPS`, answers milliseconds a step. */
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

import type * as Tfjs from "@tensorflow/tfjs";

import { models } from "./models.ts";

const require = createRequire(import.meta.url);
const [device] = process.argv.slice(2);

/** TensorFlow.js on a device. What tfjs-node misses in newer versions of Node is put back. */
async function load(): Promise<{ readonly tf: typeof Tfjs; readonly versions: object }> {
  if (device === "native") {
    const util = require("node:util") as Record<string, unknown>;
    util["isNullOrUndefined"] ??= (value: unknown) => value === null || value === undefined;
    util["isArray"] ??= Array.isArray;
    const tf = require("@tensorflow/tfjs-node") as typeof Tfjs;
    return { tf, versions: tf.version };
  }
  const tf = require("@tensorflow/tfjs") as typeof Tfjs;
  const wasm = require("@tensorflow/tfjs-backend-wasm") as { readonly version_wasm: string };
  await tf.setBackend("wasm");
  return { tf, versions: { ...tf.version, "tfjs-backend-wasm": wasm.version_wasm } };
}

const { tf, versions } = await load();
console.log(JSON.stringify(versions));

/** The layers of tf.layers that the benchmark models are made of. */
const build: Readonly<Record<string, () => Tfjs.Sequential>> = {
  mlp: () =>
    tf.sequential({
      layers: [
        tf.layers.dense({ units: 512, activation: "relu", inputShape: [784] }),
        tf.layers.dense({ units: 512, activation: "relu" }),
        tf.layers.dense({ units: 10, activation: "softmax" }),
      ],
    }),
  cnn: () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu", inputShape: [28, 28, 1] }),
        tf.layers.conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 128, activation: "relu" }),
        tf.layers.dense({ units: 10, activation: "softmax" }),
      ],
    }),
  lstm: () =>
    tf.sequential({
      layers: [
        tf.layers.lstm({ units: 64, recurrentActivation: "sigmoid", inputShape: [50, 32] }),
        tf.layers.dense({ units: 10, activation: "softmax" }),
      ],
    }),
};

// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- tf.layers does not export the enum
const silent = { verbose: 0 } as Pick<Tfjs.ModelFitArgs, "verbose">;
const built = new Map<string, Tfjs.Sequential>();
function modelOf(name: string): Tfjs.Sequential {
  const known = built.get(name) ?? build[name]!();
  if (!built.has(name)) known.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
  built.set(name, known);
  return known;
}

async function run(command: string, name: string, steps: number): Promise<number> {
  const { inputShape, batchSize } = models.find((model) => model.name === name)!;
  const model = modelOf(name);
  const count = steps * batchSize;
  const x = tf.randomUniform([count, ...inputShape]);
  const y = tf.floor(tf.randomUniform([count], 0, 10));
  try {
    const start = performance.now();
    if (command === "fit") await model.fit(x, y, { batchSize, ...silent });
    else {
      const output = model.predict(x, { batchSize }) as Tfjs.Tensor;
      await output.data();
      output.dispose();
    }
    return (performance.now() - start) / steps;
  } finally {
    tf.dispose([x, y]);
  }
}

for await (const line of createInterface(process.stdin)) {
  const [command, name, steps] = line.split(" ") as [string, string, string];
  try {
    console.log(await run(command, name, Number(steps)));
  } catch (error) {
    console.log((error as Error).message.split("\n")[0]);
  }
}
