import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { tfjs } from "@lamella/backend-tfjs";
import { type Backend, dense, onnxruntime, sequential, setRandomSeed } from "lamella";

const steps = 10_000;
const batchSize = 8;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes of the whole process after the garbage is gone. */
function processMemory(): number {
  collect();
  collect();
  return process.memoryUsage().rss;
}

async function growth(backend: Backend): Promise<number> {
  await using model = sequential([dense(32, { activation: "relu", inputShape: [16] }), dense(4)]);
  model.compile({ optimizer: "adam", loss: "mse", metrics: ["mae"], backend });
  const x = Float32Array.from({ length: 16 * batchSize * 100 }, (_, i) => Math.sin(i));
  const y = Float32Array.from({ length: 4 * batchSize * 100 }, (_, i) => Math.cos(i));
  const half = () => model.fit(x, y, { batchSize, epochs: steps / 2 / 100, verbose: 0 });
  await half();
  const before = processMemory();
  await half();
  return (processMemory() - before) / (steps / 2);
}

/** How much memory a step of training leaves behind. */
export async function benchMemory(): Promise<void> {
  setRandomSeed(1);
  console.log(`growth of the process over the second half of ${steps} steps, bytes a step`);
  const backends: Readonly<Record<string, Backend>> = {
    onnxruntime: onnxruntime({ intraOpThreads: 1 }),
    "tfjs, wasm": tfjs({ device: "wasm" }),
  };
  for (const [name, backend] of Object.entries(backends)) {
    console.log(`${name}: ${(await growth(backend)).toFixed(0)}`);
  }
}
