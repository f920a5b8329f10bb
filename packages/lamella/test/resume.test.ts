import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import {
  callbacks,
  dense,
  input,
  type Logs,
  lstm,
  model,
  reference,
  resetNames,
  sequential,
  setRandomSeed,
  sgd,
} from "lamella";
import { describe, expect, test } from "vitest";

import { expectError, inFolder, line, numbers, smallStack, valuesOf } from "./support.ts";

interface Result {
  readonly history: Readonly<Record<string, readonly number[]>>;
  readonly weights: readonly (readonly number[])[];
}

interface Position {
  readonly epoch: number;
  readonly batch: number;
}

const script = fileURLToPath(new URL("resume/train.ts", import.meta.url));

/** Runs the script and kills it once it is at a step; gives where it began. */
async function trainUntil(args: readonly string[], kill: Position | undefined): Promise<Position> {
  const child = spawn(process.execPath, ["--conditions=@lamella/source", script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  let first: Position | undefined;
  for await (const text of createInterface(child.stdout)) {
    const [, epoch, batch] = text.split(" ").map(Number) as [number, number, number];
    first ??= { epoch, batch };
    if (epoch === kill?.epoch && batch === kill.batch) child.kill("SIGKILL");
  }
  expect(await exit).toEqual(kill === undefined ? [0, null] : [null, "SIGKILL"]);
  return first!;
}

const resultOf = async (path: string) => JSON.parse(await readFile(path, "utf8")) as Result;

describe("killed twice in the middle of an epoch, training ends with the same bits", () => {
  test.each([
    ["reference", "arrays"],
    ["onnxruntime", "arrays"],
    ["reference", "dataset"],
  ])("%s, %s", { timeout: 240_000 }, async (backend, source) => {
    await inFolder(async (at) => {
      const whole = at("whole.json");
      const uninterrupted = trainUntil([backend, source, at("unused"), whole, "3", "0"], undefined);

      // Only the first run has the seed: weights, dropout and the order of the samples come back with the backup.
      const again = (seed: string, pause: string, kill?: Position) =>
        trainUntil([backend, source, at("backup"), at("again.json"), seed, pause], kill);
      // Backups are made after every second batch, across epochs of 5.
      expect(await again("3", "50", { epoch: 1, batch: 3 })).toEqual({ epoch: 0, batch: 0 });
      const second = await again("77", "50", { epoch: 2, batch: 4 });
      expect(second).toEqual({ epoch: 1, batch: 3 });
      const third = await again("88", "0");
      await uninterrupted;
      expect(third).toEqual({ epoch: 2, batch: 4 });

      const [expected, got] = [await resultOf(whole), await resultOf(at("again.json"))];
      expect(got.weights).toEqual(expected.weights);
      // As in Keras the history begins with the epoch that was resumed, here with all of that epoch's batches.
      for (const [name, values] of Object.entries(expected.history)) expect(got.history[name]).toEqual(values.slice(2));
      expect(await readdir(at(""))).not.toContain("backup");
    });
  });
});

describe("BackupAndRestore", () => {
  const { x, y } = line(20);
  const options = { batchSize: 4, epochs: 4, verbose: 0 } as const;

  function stack() {
    resetNames();
    const net = smallStack();
    net.compile({ loss: "mse", optimizer: "adam", backend: reference() });
    return net;
  }

  /** Fails at a step of an epoch. */
  function failing(epoch: number, batch: number) {
    let now = 0;
    return {
      onEpochBegin: (number: number) => void (now = number),
      onTrainBatchBegin: (number: number) => {
        if (now === epoch && number === batch) throw new Error("interrupted");
      },
    };
  }

  async function uninterrupted() {
    setRandomSeed(5);
    const net = stack();
    const { history } = await net.fit(x, y, options);
    return { history, weights: await valuesOf(net.getWeights()) };
  }

  test("with 'epoch' the epoch begins again", async () => {
    await inFolder(async (at) => {
      const expected = await uninterrupted();
      const backup = () => callbacks.backupAndRestore({ backupDir: at("backup") });
      setRandomSeed(5);
      const broken = stack().fit(x, y, { ...options, callbacks: [backup(), failing(2, 3)] });
      await expect(broken).rejects.toThrow("interrupted");
      expect(await readdir(at("backup"))).toEqual(["latest.lamella"]);
      const net = stack();
      const { epoch, history } = await net.fit(x, y, { ...options, callbacks: [backup()] });
      expect(epoch).toEqual([2, 3]);
      expect(history["loss"]).toEqual(expected.history["loss"]!.slice(2));
      expect(await valuesOf(net.getWeights())).toEqual(expected.weights);
      await expect(readdir(at("backup"))).rejects.toThrow("ENOENT");
    });
  });

  test("sources that repeat are resumed within an epoch, other batches refuse", async () => {
    await inFolder(async (at) => {
      const pass = (index: number) =>
        [0, 1, 2, 3, 4].map((i) => {
          const start = 4 * ((i + index) % 5);
          return [x.rows(start, start + 4), y.slice(start, start + 4)] as const;
        });
      const repeating = { steps: 5, pass };
      setRandomSeed(5);
      const whole = stack();
      await whole.fit(repeating, { epochs: 3, verbose: 0 });
      const given = (name: string) => [callbacks.backupAndRestore({ backupDir: at(name), saveFreq: 1 })];
      setRandomSeed(5);
      const stop = failing(1, 3);
      const broken = stack().fit(repeating, { epochs: 3, verbose: 0, callbacks: [...given("a"), stop] });
      await expect(broken).rejects.toThrow("interrupted");
      const net = stack();
      const begun: number[] = [];
      const watch = { onTrainBatchBegin: (batch: number) => void begun.push(batch) };
      await net.fit(repeating, { epochs: 3, verbose: 0, callbacks: [...given("a"), watch] });
      expect(begun.slice(0, 3)).toEqual([3, 4, 0]);
      expect(await valuesOf(net.getWeights())).toEqual(await valuesOf(whole.getWeights()));

      const fitOnce = () =>
        stack().fit(() => pass(0), { epochs: 3, verbose: 0, callbacks: [...given("b"), failing(1, 3)] });
      await expect(fitOnce()).rejects.toThrow("interrupted");
      await expectError(
        fitOnce,
        "state",
        "Training cannot go on in the middle of these batches",
        "Use arrays or dataset()",
      );
    });
  });

  test("what a stateful layer carries from batch to batch comes back, and epochs of some steps", async () => {
    await inFolder(async (at) => {
      const make = () => {
        resetNames();
        const sequence = input({ shape: [2, 1], batchSize: 2 });
        const net = model({ inputs: sequence, outputs: dense(1)(lstm(3, { stateful: true })(sequence)) });
        net.compile({ loss: "mse", optimizer: "adam", backend: reference() });
        return net;
      };
      const data = numbers("sequences", 12, 2, 1);
      const targets = numbers("targets", 12, 1);
      const some = { batchSize: 2, stepsPerEpoch: 3, epochs: 4, verbose: 0 } as const;
      setRandomSeed(5);
      const whole = make();
      const expected = await whole.fit(data, targets, some);
      const given = () => callbacks.backupAndRestore({ backupDir: at("backup"), saveFreq: 1 });
      setRandomSeed(5);
      const broken = make().fit(data, targets, { ...some, callbacks: [given(), failing(3, 1)] });
      await expect(broken).rejects.toThrow("interrupted");
      const net = make();
      const { history } = await net.fit(data, targets, { ...some, callbacks: [given()] });
      expect(history["loss"]).toEqual(expected.history["loss"]!.slice(3));
      expect(await valuesOf(net.getWeights())).toEqual(await valuesOf(whole.getWeights()));
    });
  });

  test("the learning rate comes back, what other callbacks had counted does not", async () => {
    await inFolder(async (at) => {
      const same = { onEpochEnd: (_: number, logs: Logs) => void (logs["loss"] = 1) };
      const make = () => {
        resetNames();
        const net = sequential([dense(1, { inputShape: [2] })]);
        net.compile({ loss: "mse", optimizer: sgd({ learningRate: 0.5 }), backend: reference() });
        return net;
      };
      const given = () => [
        same,
        callbacks.reduceLROnPlateau({ monitor: "loss", patience: 1, factor: 0.5, cooldown: 9 }),
        callbacks.earlyStopping({ monitor: "loss", patience: 3 }),
        callbacks.backupAndRestore({ backupDir: at("backup") }),
      ];
      const fit = (callbackList: ReturnType<typeof given>, more: readonly object[] = []) =>
        make().fit(x, y, { ...options, epochs: 9, callbacks: [...callbackList, ...more] });
      await expect(fit(given(), [failing(3, 0)])).rejects.toThrow("interrupted");
      const { epoch, history } = await fit(given());
      // Without the interruption epoch 3 would have been the last one, and the only one with this rate.
      expect(epoch).toEqual([3, 4, 5, 6]);
      expect(history["learning_rate"]).toEqual([0.25, 0.25, 0.125, 0.125]);
    });
  });

  test("deleteCheckpoint and other files in the folder", async () => {
    await inFolder(async (at) => {
      const keep = callbacks.backupAndRestore({ backupDir: at("kept"), deleteCheckpoint: false });
      await stack().fit(x, y, { ...options, callbacks: [keep] });
      expect(await readdir(at("kept"))).toEqual(["latest.lamella"]);
      const { epoch } = await stack().fit(x, y, { ...options, callbacks: [keep] });
      expect(epoch).toEqual([]);

      await mkdir(at("shared"));
      await writeFile(at("shared/notes.txt"), "mine");
      await writeFile(at("shared/.latest.lamella.0.tmp"), "what a process that was killed left");
      await stack().fit(x, y, { ...options, callbacks: [callbacks.backupAndRestore({ backupDir: at("shared") })] });
      expect(await readdir(at("shared"))).toEqual(["notes.txt"]);
    });
  });

  test("a backup that cannot be read is an error, or the one before is taken", async () => {
    await inFolder(async (at) => {
      const backup = (doubleCheckpoint: boolean) =>
        callbacks.backupAndRestore({ backupDir: at("backup"), doubleCheckpoint });
      const broken = stack().fit(x, y, { ...options, callbacks: [backup(true), failing(3, 0)] });
      await expect(broken).rejects.toThrow("interrupted");
      expect((await readdir(at("backup"))).toSorted()).toEqual(["latest.lamella", "latest.lamella.bkp"]);
      await writeFile(at("backup/latest.lamella"), "broken");
      await expectError(
        () => stack().fit(x, y, { ...options, callbacks: [backup(false)] }),
        "format",
        "latest.lamella",
      );
      const { epoch } = await stack().fit(x, y, { ...options, callbacks: [backup(true)] });
      expect(epoch).toEqual([2, 3]);
      await expect(readdir(at("backup"))).rejects.toThrow("ENOENT");
    });
  });
});
