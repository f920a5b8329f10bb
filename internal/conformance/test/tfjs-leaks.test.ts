import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { Predictor, VariableStore } from "@lamella/runtime";
import { resolveOptimizer, Trainer } from "@lamella/train";
import * as core from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";

import { trajectories } from "../cases/index.ts";
import { subjects } from "../src/subjects.ts";
import { trajectoryBatch, trajectoryModel } from "../src/trajectory-models.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

interface Memory {
  readonly tensors: number;
  /** Values that the backend keeps. */
  readonly values: number;
  /** Bytes of JavaScript's objects, and of what they hold. */
  readonly bytes: number;
  /** Bytes of WebAssembly's memory, which only ever grows. */
  readonly heap: number;
}

/** One model of each kind. */
const kinds = ["mlp", "cnn", "lstm"].map((kind) => trajectories.find(({ model }) => model === kind)!);

const devices = [
  { device: "wasm", backend: subjects.tfjsWasm.subject.backend, tested: kinds },
  { device: "cpu", backend: subjects.tfjsCpu.subject.backend, tested: kinds.slice(0, 1) },
] as const;

async function memory(device: string): Promise<Memory> {
  // What was waited for is let go of in the event loop's next turn.
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  const backend = core.findBackend(device);
  const { wasm } = backend as { readonly wasm?: { readonly HEAPU8: Uint8Array } };
  const { numTensors: tensors } = core.engine().state;
  return { tensors, values: backend.numDataIds(), bytes: heapUsed + external, heap: wasm?.HEAPU8.byteLength ?? 0 };
}

/**
 * Does work as often as asked for, in two halves, once the engine has compiled what it will compile. Nothing may be left of
 * it but what V8 keeps of its own: less than 1 kB a turn in the second half.
 */
async function expectNoGrowth(
  device: string,
  turns: number,
  work: () => Promise<unknown>,
  warmUp = turns,
): Promise<void> {
  for (let i = 0; i < warmUp; i++) await work();
  const before = await memory(device);
  for (let i = 0; i < turns / 2; i++) await work();
  const half = await memory(device);
  for (let i = 0; i < turns / 2; i++) await work();
  const after = await memory(device);
  const counts = ({ tensors, values, heap }: Memory) => ({ tensors, values, heap });
  expect(counts(after)).toEqual(counts(before));
  expect((after.bytes - half.bytes) / (turns / 2)).toBeLessThan(1000);
}

describe.for(devices)("tfjs $device", ({ device, backend, tested }) => {
  test.for(tested)(
    "1,000 predictions with the model $model leave nothing behind",
    { timeout: 120_000 },
    async (kind) => {
      const model = trajectoryModel(kind);
      const { x } = trajectoryBatch(kind, 0);
      await using store = new VariableStore(backend);
      await using predictor = new Predictor(model, backend, store);
      const inputs = { [model.inputs[0]!.name]: x.rows(0, 2) };
      await expectNoGrowth(device, 1000, () => predictor.run(inputs), 250);
    },
  );

  test.for(tested)(
    "200 steps of fit with the model $model leave nothing behind",
    { timeout: 120_000 },
    async (kind) => {
      const { x, y } = trajectoryBatch(kind, 0);
      await using trainer = new Trainer(trajectoryModel(kind), backend);
      trainer.compile({ optimizer: resolveOptimizer(kind.optimizer), loss: kind.loss });
      await expectNoGrowth(device, 200, () => trainer.fit(x.rows(0, 4), y.rows(0, 4), { batchSize: 4, verbose: 0 }));
    },
  );
});
