import { readdir } from "node:fs/promises";

import { callbacks, loadModel, type Logs, reference, resetNames, setRandomSeed } from "lamella";
import { describe, expect, test } from "vitest";

import { inFolder, line, smallStack, valuesOf } from "./support.ts";

const { x, y } = line(20);
const quiet = { batchSize: 8, verbose: 0 } as const;

function stack() {
  resetNames();
  setRandomSeed(5);
  const net = smallStack();
  net.compile({ loss: "mse", optimizer: "adam", metrics: ["mae"], backend: reference() });
  return net;
}

/** Hooks that put values into the logs, and keep the weights of every epoch. */
function scripted(net: ReturnType<typeof stack>, losses: readonly number[]) {
  const weights: number[][][] = [];
  const onEpochEnd = async (epoch: number, logs: Logs) => {
    logs["val_loss"] = losses[epoch]!;
    weights.push(await valuesOf(net.getWeights()));
  };
  return { weights, hooks: { onEpochEnd } };
}

describe("files that modelCheckpoint writes", () => {
  test("hold models that can be trained on, in folders that are made, by epoch", async () => {
    await inFolder(async (at) => {
      const net = stack();
      const script = scripted(net, [3, 1, 2]);
      const save = callbacks.modelCheckpoint({ filepath: at("new/{epoch:02d}-{val_loss:.1f}.lamella") });
      await net.fit(x, y, { ...quiet, epochs: 3, callbacks: [script.hooks, save] });
      expect(await readdir(at("new"))).toEqual(["01-3.0.lamella", "02-1.0.lamella", "03-2.0.lamella"]);
      await using second = await loadModel(at("new/02-1.0.lamella"), { backend: reference() });
      expect(await valuesOf(second.getWeights())).toEqual(script.weights[1]);
      await second.fit(x, y, quiet);
      expect(await valuesOf(second.getWeights())).toEqual(script.weights[2]);
    });
  });

  test("hold the best weights, if told, without the state of training", async () => {
    await inFolder(async (at) => {
      const net = stack();
      const script = scripted(net, [3, 1, 2]);
      const options = { filepath: at("best.lamella"), saveBestOnly: true, saveWeightsOnly: true };
      await net.fit(x, y, { ...quiet, epochs: 3, callbacks: [script.hooks, callbacks.modelCheckpoint(options)] });
      const other = stack();
      await other.loadWeights(at("best.lamella"));
      expect(await valuesOf(other.getWeights())).toEqual(script.weights[1]);
      await using loaded = await loadModel(at("best.lamella"), { backend: reference() });
      await expect(loaded.fit(x, y, quiet)).rejects.toThrow("has not been compiled");
    });
  });

  test("hold what a batch left behind", async () => {
    await inFolder(async (at) => {
      const net = stack();
      const save = callbacks.modelCheckpoint({ filepath: at("{epoch}-{batch}.lamella"), saveFreq: 2 });
      const weights: number[][][] = [];
      const watch = { onTrainBatchEnd: async () => void weights.push(await valuesOf(net.getWeights())) };
      await net.fit(x, y, { ...quiet, epochs: 2, callbacks: [watch, save] });
      // Three batches an epoch.
      expect(await readdir(at(""))).toEqual(["1-2.lamella", "2-1.lamella", "2-3.lamella"]);
      await using loaded = await loadModel(at("2-1.lamella"), { backend: reference() });
      expect(await valuesOf(loaded.getWeights())).toEqual(weights[3]);
    });
  });
});

test("earlyStopping leaves the weights of the best epoch", async () => {
  const net = stack();
  const script = scripted(net, [3, 1, 2, 4, 0]);
  const stop = callbacks.earlyStopping({ patience: 2, restoreBestWeights: true });
  const { epoch } = await net.fit(x, y, { ...quiet, epochs: 5, callbacks: [script.hooks, stop] });
  expect(epoch).toEqual([0, 1, 2, 3]);
  expect(await valuesOf(net.getWeights())).toEqual(script.weights[1]);
});
