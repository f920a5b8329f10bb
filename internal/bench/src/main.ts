import { cpus } from "node:os";

import { benchCli } from "./cli.ts";
import { benchFit } from "./fit.ts";
import { benchGraphs } from "./graphs.ts";
import { startKeras } from "./keras-peer.ts";
import { benchMemory } from "./memory.ts";
import { benchOverhead } from "./overhead.ts";
import { benchSizes } from "./sizes.ts";
import { benchTfjs } from "./tfjs.ts";

const threads = 2;

const keras = await startKeras(threads);
const benches: Readonly<Record<string, () => Promise<void>>> = {
  sizes: benchSizes,
  graphs: () => benchGraphs(keras),
  fit: () => benchFit(keras, threads),
  overhead: () => benchOverhead(threads),
  tfjs: () => benchTfjs(threads),
  memory: benchMemory,
  cli: () => benchCli(keras),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0)
  throw new Error(`No benchmark ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}`);

console.log(`${cpus()[0]!.model}, ${cpus().length} cores; Node ${process.versions.node}; ${threads} threads each`);
console.log(
  keras === undefined
    ? "Keras is not here: run internal/keras-golden/generate.sh once to compare with it."
    : `Keras ${keras.versions["keras"]} on TensorFlow ${keras.versions["tensorflow"]}; rounds take turns`,
);
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log("");
  await bench();
}
keras?.stop();
