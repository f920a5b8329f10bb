import { decode, encode } from "@lamella/format";
import { input, model } from "@lamella/functional";
import {
  type AnyModel,
  dense,
  dropout,
  gaussianNoise,
  lstm,
  modelFromData,
  modelToData,
  randomKey,
  randomUniform,
  resetNames,
  setRandomSeed,
  sizeOf,
  Tensor,
} from "@lamella/ir";
import type { Backend } from "@lamella/runtime";
import { adam, Trainer } from "@lamella/train";
import { describe, expect, test } from "vitest";

import { registry } from "../src/registry.ts";
import { absence, describeWhereThere } from "../src/required.ts";
import { trained } from "../src/subjects.ts";
import { epsilon } from "../src/tolerance.ts";

const samples = 24;
const batchSize = 8;

interface Run {
  build(): AnyModel;
  readonly x: Tensor;
  readonly y: Tensor;
}

/** Where a run stands: in bytes of a model file, and in what stateful layers carry, which Keras's files leave out, too. */
interface Stop {
  readonly file: Uint8Array;
  readonly carried: readonly Tensor[];
}

interface Part {
  readonly losses: readonly number[];
  readonly stop: Stop;
}

function numbers(name: string, ...shape: readonly number[]): Tensor {
  return new Tensor("float32", shape, randomUniform(randomKey(name), sizeOf(shape)));
}

const mlp: Run = {
  build() {
    const x = input({ shape: [6] });
    const hidden = dropout(0.4)(dense(16, { activation: "tanh" })(gaussianNoise(0.1)(x)));
    return model({ inputs: x, outputs: dense(2)(hidden) });
  },
  x: numbers("rows", samples, 6),
  y: numbers("targets", samples, 2),
};

const recurrent: Run = {
  build() {
    const x = input({ batchShape: [batchSize, 3, 3] });
    const last = lstm(6, { stateful: true, dropout: 0.2, recurrentDropout: 0.2 })(x);
    return model({ inputs: x, outputs: dense(2)(last) });
  },
  x: numbers("sequences", samples, 3, 3),
  y: numbers("targets", samples, 2),
};

/** What Dropout lets through of 1, 2, 4, ... is a sum that tells which: the loss of each epoch is exactly its random bits. */
const bits: Run = {
  build() {
    const x = input({ shape: [16] });
    return model({ inputs: x, outputs: dropout(0.5)(x) });
  },
  x: new Tensor(
    "float32",
    [1, 16],
    Float32Array.from({ length: 16 }, (_, i) => 2 ** i),
  ),
  y: new Tensor("float32", [1, 16], new Float32Array(16)),
};

async function losses(trainer: Trainer, { x, y }: Run, epochs: number): Promise<readonly number[]> {
  const { history } = await trainer.fit(x, y, { batchSize, epochs, verbose: 0 });
  return history["loss"]!;
}

async function stop(net: AnyModel, trainer: Trainer): Promise<Stop> {
  const file = encode(await modelToData(net, await trainer.trainingState()));
  return { file, carried: await Promise.all(net.states.map((state) => state.read())) };
}

/** A run from its beginning. The order of the samples is drawn, too. */
async function start(run: Run, backend: Backend, epochs: number): Promise<Part> {
  resetNames();
  setRandomSeed(3);
  const net = run.build();
  await using trainer = new Trainer(net, backend);
  trainer.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "meanAbsoluteError", seed: 5 });
  return { losses: await losses(trainer, run, epochs), stop: await stop(net, trainer) };
}

/** A run from where it stopped, in a program that has only that. */
async function resume({ file, carried }: Stop, run: Run, backend: Backend, epochs: number): Promise<Part> {
  const saved = decode(file);
  const net = modelFromData(saved, registry);
  for (const [i, state] of net.states.entries()) state.write(carried[i]!);
  await using trainer = new Trainer(net, backend);
  trainer.restore(saved.training!);
  return { losses: await losses(trainer, run, epochs), stop: await stop(net, trainer) };
}

/**
 * Losses below 1, means of float32 numbers that at most 36 steps have rounded. Measured: runs that move are at most 0.25
 * epsilons from runs that do not, on whichever backends; with another seed a run is 500,000 epsilons away.
 */
const tolerance = epsilon;

function expectLosses(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [epoch, loss] of actual.entries()) {
    const off = Math.abs(loss - expected[epoch]!);
    expect(off, `epoch ${epoch}: ${loss}, unmoved ${expected[epoch]}`).toBeLessThanOrEqual(tolerance);
  }
}

/** All that train but tfjs's cpu, which is slow. */
const backends = Object.entries(trained).filter(([, { name }]) => name !== "tfjs-cpu");
const there: Backend[] = [];
for (const [, backend] of backends) if ((await absence(backend)) === undefined) there.push(backend);

for (const [title, from] of backends) {
  await describeWhereThere(title, from, () => {
    let runs: Promise<[Part, Part]> | undefined;

    test.each(there)("a run goes on as if it had not moved on $name", async (to) => {
      runs ??= Promise.all([start(mlp, from, 6), start(mlp, from, 3)]);
      const [unmoved, first] = await runs;
      const second = await resume(first.stop, mlp, to, 3);
      expectLosses([...first.losses, ...second.losses], unmoved.losses);
    });

    test.each(there)("random bits stay the same when a run moves on $name", async (to) => {
      const unmoved = await start(bits, trained.reference, 8);
      const first = await start(bits, from, 4);
      const second = await resume(first.stop, bits, to, 4);
      expect([...first.losses, ...second.losses]).toEqual(unmoved.losses);
      expect(new Set(unmoved.losses).size).toBe(8);
    });
  });
}

describe("a run that moves from backend to backend", () => {
  test("an LSTM keeps its state and its dropout", { timeout: 60_000 }, async () => {
    const unmoved = await start(recurrent, trained.reference, 2 * (there.length + 1));
    let last = await start(recurrent, there[0]!, 2);
    const all = [...last.losses];
    for (const backend of [...there.slice(1), there[0]!]) {
      last = await resume(last.stop, recurrent, backend, 2);
      all.push(...last.losses);
    }
    expectLosses(all, unmoved.losses);
  });
});
