import { readdir } from "node:fs/promises";

import {
  batchNormalization,
  callbacks,
  conv2d,
  dense,
  dropout,
  flatten,
  loadModel,
  lstm,
  maxPooling2d,
  onnxruntime,
  reference,
  resetNames,
  sequential,
  setRandomSeed,
} from "lamella";
import { afterEach, describe, expect, test, vi } from "vitest";

import { CountingBackend } from "../../runtime/test/counting-backend.ts";
import { inFolder, labels, line, numbers, smallStack, valuesOf } from "./support.ts";

afterEach(() => void vi.restoreAllMocks());

const classes = () => dense(4, { activation: "softmax" });

describe("on ONNX Runtime several steps in one run end with the bits of single steps", () => {
  test.each([
    ["Dense", [6], () => [dense(17, { activation: "relu" }), dropout(0.3), batchNormalization(), classes()]],
    ["Conv2D", [8, 8, 2], () => [conv2d(5, 3, { activation: "relu" }), maxPooling2d(), flatten(), classes()]],
    ["LSTM", [5, 3], () => [lstm(6), classes()]],
  ])("%s", async (_, shape, layers) => {
    const [x, y] = [numbers("x", 44, ...shape), labels("y", 44, 4)];
    const run = async (stepsPerExecution: number) => {
      setRandomSeed(3);
      await using net = sequential(layers());
      const backend = onnxruntime({ intraOpThreads: 1 });
      const loss = "sparseCategoricalCrossentropy";
      net.compile({ loss, optimizer: "adam", metrics: ["accuracy"], backend, stepsPerExecution });
      const { history } = await net.fit(x, y, { batchSize: 8, verbose: 0 });
      return [history, await valuesOf(net.getWeights())];
    };
    expect(await run(3)).toEqual(await run(1));
  });
});

test("on ONNX Runtime short steps go into one run by themselves, with the bits of single ones", async () => {
  const [x, y] = [numbers("x", 80, 16), labels("y", 80, 4)];
  const run = async (compile: { readonly stepsPerExecution?: number }) => {
    setRandomSeed(3);
    // Steps take no time.
    vi.spyOn(performance, "now").mockReturnValue(0);
    const backend = new CountingBackend(onnxruntime());
    await using net = sequential([dense(64, { activation: "relu" }), dropout(0.3), classes()]);
    net.compile({ loss: "sparseCategoricalCrossentropy", optimizer: "adam", backend, ...compile });
    const { history } = await net.fit(x, y, { batchSize: 2, epochs: 2, verbose: 0 });
    return { runs: backend.runs, result: [history, await valuesOf(net.getWeights())] };
  };
  const [several, single] = [await run({}), await run({ stepsPerExecution: 1 })];
  expect(single.runs).toBe(80);
  // 32 one by one, the rest of that epoch, and 16, 16 and 8.
  expect(several.runs).toBe(32 + 1 + 3);
  expect(several.result).toEqual(single.result);
});

describe("callbacks that save", () => {
  const { x, y } = line(20);
  const options = { batchSize: 4, epochs: 3, verbose: 0 } as const;

  function stack(stepsPerExecution: number) {
    resetNames();
    const net = smallStack();
    net.compile({ loss: "mse", optimizer: "adam", backend: reference(), stepsPerExecution });
    return net;
  }

  test("count batches, not runs, and files tell how many go into a run", async () => {
    await inFolder(async (at) => {
      const save = callbacks.modelCheckpoint({ filepath: at("{epoch}-{batch}.lamella"), saveFreq: 4 });
      await stack(3).fit(x, y, { ...options, callbacks: [save] });
      // Epochs of 5 batches in runs of 3 and 2: 4 have gone by with the second run of each.
      expect(await readdir(at(""))).toEqual(["1-5.lamella", "2-5.lamella", "3-5.lamella"]);
      await using loaded = await loadModel(at("1-5.lamella"), { backend: reference() });
      const ends: number[] = [];
      const watch = { onTrainBatchEnd: (batch: number) => void ends.push(batch) };
      await loaded.fit(x, y, { ...options, epochs: 1, callbacks: [watch] });
      expect(ends).toEqual([2, 4]);
    });
  });

  test("resume between two runs, and training ends with the same bits", async () => {
    await inFolder(async (at) => {
      setRandomSeed(5);
      const whole = stack(1);
      const expected = await whole.fit(x, y, options);
      const backup = () => callbacks.backupAndRestore({ backupDir: at("backup"), saveFreq: 1 });
      let runs = 0;
      const failing = {
        onTrainBatchBegin: () => {
          runs += 1;
          if (runs === 4) throw new Error("interrupted");
        },
      };
      setRandomSeed(5);
      const broken = stack(3).fit(x, y, { ...options, callbacks: [backup(), failing] });
      await expect(broken).rejects.toThrow("interrupted");
      const net = stack(3);
      const { epoch, history } = await net.fit(x, y, { ...options, callbacks: [backup()] });
      expect(epoch).toEqual([1, 2]);
      expect(history["loss"]).toEqual(expected.history["loss"]!.slice(1));
      expect(await valuesOf(net.getWeights())).toEqual(await valuesOf(whole.getWeights()));
    });
  });
});
