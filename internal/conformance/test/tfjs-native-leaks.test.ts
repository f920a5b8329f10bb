import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { input, model } from "@lamella/functional";
import { dense, tensor } from "@lamella/ir";
import { Predictor, VariableStore } from "@lamella/runtime";
import { resolveOptimizer, Trainer } from "@lamella/train";
import * as core from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";

import type { TrajectoryCase } from "../cases/case.ts";
import { trajectories } from "../cases/index.ts";
import { describeWhereThere } from "../src/required.ts";
import { subjects } from "../src/subjects.ts";
import { type Batch, trajectoryBatch, trajectoryModel } from "../src/trajectory-models.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const { backend } = subjects.tfjsNative.subject;
const kinds = ["mlp", "cnn", "lstm"].map((kind) => trajectories.find(({ id }) => id.startsWith(`${kind}/`))!);
const mlp = kinds[0]!;

/** Four samples; of sequences the first two tokens: a Scan of two turns. */
function smallBatch(kind: TrajectoryCase): Batch {
  const batch = trajectoryBatch(kind, 0);
  const [x, y] = [batch.x.rows(0, 4), batch.y.rows(0, 4)];
  if (kind.model !== "lstm") return { x, y };
  const [rows, length] = [4, 2];
  const tokens = x.toNumbers().filter((_, i) => i % x.shape[1]! < length);
  return { x: tensor(tokens, [rows, length], "int32"), y };
}

interface Memory {
  /** Tensors of tfjs, and values that TensorFlow keeps for them. */
  readonly counts: readonly number[];
  /** Bytes of JavaScript's objects, and of what they hold. */
  readonly bytes: number;
  /** Bytes of the whole process, TensorFlow's own included. */
  readonly resident: number;
}

async function memory(): Promise<Memory> {
  // What was waited for is let go of in the event loop's next turn.
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await setImmediate();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const tensorflow = core.findBackend("tensorflow") as core.KernelBackend & { getNumOfTFTensors(): number };
  const { numTensors, numDataBuffers } = core.engine().state;
  const counts = [numTensors, numDataBuffers, tensorflow.numDataIds(), tensorflow.getNumOfTFTensors()];
  return { counts, bytes: heapUsed + external, resident: rss };
}

async function repeat(turns: number, work: () => Promise<unknown>): Promise<Memory> {
  for (let i = 0; i < turns; i++) await work();
  return memory();
}

/**
 * Does work as often as asked for, in four stretches, once everything is compiled. No tensor may be left of it, and of
 * JavaScript less than 1 kB a turn in all stretches but one or two: V8 keeps some of its own, now and then. A leak is in
 * every stretch.
 */
async function expectNothingLeft(turns: number, work: () => Promise<unknown>, warmUp = turns): Promise<void> {
  const states = [await repeat(warmUp, work)];
  for (let stretch = 0; stretch < 4; stretch++) states.push(await repeat(turns / 4, work));
  expect(states.at(-1)!.counts).toEqual(states[0]!.counts);
  const growth = states.slice(1).map(({ bytes }, i) => (bytes - states[i]!.bytes) / (turns / 4));
  expect(growth.toSorted((x, y) => x - y)[1]).toBeLessThan(1000);
}

/**
 * Does work in five stretches, after a long warm-up. The process grows by less than 1 kB a turn: in the median of the
 * stretches, as V8 and TensorFlow take memory of the system in large blocks, now and then. A leak is in every stretch.
 */
async function expectSteadyProcess(work: () => Promise<unknown>): Promise<void> {
  const turns = 300;
  const states = [await repeat(1000, work)];
  for (let stretch = 0; stretch < 5; stretch++) states.push(await repeat(turns, work));
  const growth = states.slice(1).map(({ resident }, i) => (resident - states[i]!.resident) / turns);
  expect(growth.toSorted((a, b) => a - b)[2]).toBeLessThan(1000);
}

await describeWhereThere("tfjs native", backend, () => {
  test.for(kinds.slice(0, 2))(
    "1,000 predictions with the model $model leave nothing behind",
    { timeout: 120_000 },
    async (kind) => {
      await using store = new VariableStore(backend);
      const trained = trajectoryModel(kind);
      await using predictor = new Predictor(trained, backend, store);
      const { x } = trajectoryBatch(kind, 0);
      const inputs = { [trained.inputs[0]!.name]: x.rows(0, 2) };
      await expectNothingLeft(1000, () => predictor.run(inputs), 250);
    },
  );

  test.for(kinds)("200 steps of fit with the model $model leave nothing behind", { timeout: 120_000 }, async (kind) => {
    const { x, y } = smallBatch(kind);
    await using trainer = new Trainer(trajectoryModel(kind), backend);
    trainer.compile({ optimizer: resolveOptimizer(kind.optimizer), loss: kind.loss });
    await expectNothingLeft(200, () => trainer.fit(x, y, { batchSize: 4, verbose: 0 }));
  });

  test("the process does not grow with predictions", { timeout: 120_000 }, async () => {
    const trained = trajectoryModel(mlp);
    await using store = new VariableStore(backend);
    await using predictor = new Predictor(trained, backend, store);
    const inputs = { [trained.inputs[0]!.name]: trajectoryBatch(mlp, 0).x };
    await expectSteadyProcess(() => predictor.run(inputs));
  });

  test("the process does not grow with steps of fit", { timeout: 120_000 }, async () => {
    const { x, y } = trajectoryBatch(mlp, 0);
    const inputs = input({ shape: [20] });
    const small = model({ inputs, outputs: dense(5, { activation: "softmax" })(inputs) });
    await using trainer = new Trainer(small, backend);
    trainer.compile({ optimizer: resolveOptimizer(mlp.optimizer), loss: mlp.loss });
    await expectSteadyProcess(() => trainer.trainOnBatch(x.rows(0, 4), y.rows(0, 4)));
  });

  test("what is disposed of is given back to TensorFlow", async () => {
    const { counts } = await memory();
    const { x, y } = trajectoryBatch(mlp, 0);
    {
      await using trainer = new Trainer(trajectoryModel(mlp), backend);
      trainer.compile({ optimizer: resolveOptimizer(mlp.optimizer), loss: mlp.loss });
      await trainer.fit(x, y, { batchSize: 4, verbose: 0 });
      expect((await memory()).counts[0]).toBeGreaterThan(counts[0]!);
    }
    expect((await memory()).counts).toEqual(counts);
  });
});
