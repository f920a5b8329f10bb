import { fileURLToPath } from "node:url";

import { tfjs } from "@lamella/backend-tfjs";
import { type Backend, onnxruntime, setRandomSeed } from "lamella";

import { ratio, show } from "./figures.ts";
import { models, randomData } from "./models.ts";
import { type Peer, startPeer } from "./peer.ts";

const rounds = 5;
const peerProgram = fileURLToPath(new URL("tfjs-layers-peer.ts", import.meta.url));

/** Steps a round: enough to take a second or so. */
const steps = {
  wasm: { mlp: 10, cnn: 4, lstm: 6 },
  native: { mlp: 20, cnn: 8, lstm: 8 },
} as const;

type Device = keyof typeof steps;

type Name = keyof (typeof steps)[Device];

/** What lamella runs on, and how many steps a round has. */
interface Ours {
  readonly label: string;
  readonly backend: Backend;
  readonly count: number;
}

async function measure(name: Name, { label, backend, count }: Ours, peer: Peer): Promise<void> {
  const benchModel = models.find((model) => model.name === name)!;
  const { batchSize, build } = benchModel;
  await using net = build();
  net.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", backend });
  const { x, y } = randomData(benchModel, count);
  const work = {
    fit: () => net.fit(x, y, { batchSize, verbose: 0 }),
    predict: () => net.predict(x, { batchSize }),
  };
  for (const [command, run] of Object.entries(work)) {
    const ours: number[] = [];
    const theirs: number[] = [];
    let refused: string | undefined;
    for (let round = -1; round < rounds; round++) {
      const start = performance.now();
      await run();
      const own = (performance.now() - start) / count;
      let other = Number.NaN;
      try {
        other = await peer.ask(command, name, count);
      } catch (error) {
        refused = (error as Error).message;
      }
      if (round < 0) continue;
      ours.push(own);
      theirs.push(other);
    }
    const compared =
      refused === undefined ? `tf.layers ${show(theirs)}, ratio ${ratio(ours, theirs)}` : `tf.layers: ${refused}`;
    console.log(
      `${label.padEnd(11)} ${name.padEnd(4)} ${command.padEnd(7)} batch ${batchSize}: lamella ${show(ours)}, ${compared}`,
    );
  }
}

/** lamella on a device of TensorFlow.js, and on ONNX Runtime, against tf.layers on that device, in turns. */
export async function benchTfjs(threads: number): Promise<void> {
  setRandomSeed(1);
  console.log("on TensorFlow.js, ms a step: median (least to most)");
  for (const device of Object.keys(steps) as Device[]) {
    const problem = await tfjs({ device }).check();
    if (problem !== undefined) {
      console.log(`${device}: ${problem}`);
      continue;
    }
    const peer = await startPeer(process.execPath, ["--conditions=@lamella/source", peerProgram, device]);
    const versions = Object.entries(peer.versions).filter(([name]) => name.startsWith("tfjs"));
    console.log(versions.map(([name, version]) => `${name} ${version}`).join(", "));
    const others =
      device === "native" ? { onnxruntime: onnxruntime({ intraOpThreads: threads, flushDenormals: true }) } : {};
    for (const [label, backend] of Object.entries({ [device]: tfjs({ device }), ...others })) {
      for (const name of ["mlp", "cnn", "lstm"] as const) {
        await measure(name, { label, backend, count: steps[device][name] }, peer);
      }
    }
    peer.stop();
  }
}
