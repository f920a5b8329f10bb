import { dense } from "@lamella/ir";
import { callbacks, exponentialDecay, type MetricOption, metrics, sgd } from "@lamella/train";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";

import { errorOf, numbers, trainerOf } from "../trainer/support.ts";

const x = numbers("x", 4, 2);
const y = numbers("y", 4, 1);
const quiet = { verbose: 0, batchSize: 4 } as const;

let log: MockInstance<typeof console.log>;
let warn: MockInstance<typeof console.warn>;

beforeEach(() => {
  log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

function trainer(given: readonly MetricOption[] = []) {
  const made = trainerOf([2], (input) => dense(1, { name: "out" })(input));
  made.compile({ loss: "mse", metrics: given, optimizer: sgd({ learningRate: 0.1 }) });
  return made;
}

/** Values for the logs, epoch by epoch. */
const script = (name: string, values: readonly number[]) => ({
  onEpochEnd: (epoch: number, logs: Record<string, number>) => void (logs[name] = values[epoch]!),
});

describe("mode 'auto' knows the direction by the metric", () => {
  // As Keras's metrics declare it; counts have none.
  test.each<[string, MetricOption, "up" | "down" | undefined]>([
    ["loss", "mae", "down"],
    ["val_loss", "mae", "down"],
    ["mae", "mae", "down"],
    ["accuracy", "accuracy", "up"],
    ["val_acc", "acc", "up"],
    ["val_f1_score", metrics.f1Score(), "up"],
    ["val_mine", metrics.auc({ name: "mine" }), "up"],
    ["val_r2", metrics.r2Score({ name: "r2" }), "up"],
    ["val_cosine_similarity", metrics.cosineSimilarity(), "up"],
    ["true_positives", metrics.truePositives(), undefined],
    ["val_unknown", "mae", undefined],
  ])("%s among %o: %s", (name, metric, direction) => {
    expect(trainer([metric]).directionOf(name)).toBe(direction);
  });

  test("names that outputs, weights and repetition make count, too", () => {
    const made = trainerOf([2], (input) => [dense(1, { name: "a" })(input), dense(1, { name: "b" })(input)]);
    made.compile({
      loss: "mse",
      metrics: { a: ["acc", "top_k_categorical_accuracy"], b: [metrics.auc(), metrics.auc()] },
      weightedMetrics: [["mae"], ["mae"]],
    });
    const names = ["val_a_loss", "b_acc", "val_b_auc_1", "a_weighted_mae", "a_top_k_categorical_accuracy", "c_loss"];
    expect(names.map((name) => made.directionOf(name))).toEqual(["down", "up", "up", "down", "up", undefined]);
  });

  test("of names that end alike the longest counts", () => {
    const given = [metrics.meanAbsoluteError({ name: "score" }), metrics.auc({ name: "best_score" })];
    for (const order of [given, given.toReversed()]) {
      const made = trainer(order);
      expect([made.directionOf("val_best_score"), made.directionOf("score")]).toEqual(["up", "down"]);
    }
  });

  test("what nobody knows must be said", async () => {
    const error = await errorOf(() =>
      trainer([metrics.truePositives()]).fit(x, y, {
        ...quiet,
        callbacks: [callbacks.earlyStopping({ monitor: "true_positives" })],
      }),
    );
    expect(error.code).toBe("config");
    expect(error.message).toBe(
      "EarlyStopping, option 'mode': Whether 'true_positives' should be large or small cannot be told from its name. " +
        "Give mode: 'max' or mode: 'min'.",
    );
  });
});

describe("a value that is missing is a warning", () => {
  test.each([
    [
      callbacks.earlyStopping(),
      "Early stopping conditioned on metric 'val_loss' which is not available. Available metrics are: loss,mae",
    ],
    [
      callbacks.reduceLROnPlateau({ monitor: "val_mae" }),
      "Learning rate reduction is conditioned on metric 'val_mae' which is not available. " +
        "Available metrics are: loss,mae,learning_rate.",
    ],
  ])("%#", async (callback, text) => {
    await trainer(["mae"]).fit(x, y, { ...quiet, callbacks: [callback] });
    expect(warn.mock.calls).toEqual([[text]]);
  });
});

describe("EarlyStopping", () => {
  test("says what it does when asked", async () => {
    const stop = callbacks.earlyStopping({ monitor: "loss", patience: 1, restoreBestWeights: true, verbose: 1 });
    await trainer().fit(x, y, { ...quiet, epochs: 5, callbacks: [script("loss", [3, 2, 2, 2, 2]), stop] });
    expect(log.mock.calls).toEqual([
      ["Epoch 3: early stopping"],
      ["Restoring model weights from the end of the best epoch: 2."],
    ]);
  });

  test("begins anew with every fit", async () => {
    const stop = callbacks.earlyStopping({ monitor: "loss", patience: 1 });
    const made = trainer();
    const options = { ...quiet, epochs: 4 };
    const first = await made.fit(x, y, { ...options, callbacks: [script("loss", [1, 1, 1, 1]), stop] });
    const second = await made.fit(x, y, { ...options, callbacks: [script("loss", [5, 4, 3, 2]), stop] });
    expect([first.epoch.length, second.epoch.length]).toEqual([2, 4]);
  });
});

describe("ReduceLROnPlateau", () => {
  test("reports the learning rate of the epoch, and says what it does when asked", async () => {
    const reduce = callbacks.reduceLROnPlateau({ monitor: "loss", patience: 1, factor: 0.5, verbose: 1 });
    const { history } = await trainer().fit(x, y, {
      ...quiet,
      epochs: 3,
      callbacks: [script("loss", [1, 1, 1]), reduce],
    });
    const [first, third] = [Math.fround(0.1), Math.fround(0.05)];
    expect(history["learning_rate"]).toEqual([first, first, third]);
    expect(log.mock.calls[0]).toEqual([`\nEpoch 2: ReduceLROnPlateau reducing learning rate to ${first / 2}.`]);
  });

  test("has nothing to do at the smallest learning rate, which is a float32", async () => {
    const reduce = callbacks.reduceLROnPlateau({ monitor: "loss", patience: 1, factor: 0.1, minLr: 0.05, verbose: 1 });
    await trainer().fit(x, y, { ...quiet, epochs: 5, callbacks: [script("loss", [1, 1, 1, 1, 1]), reduce] });
    expect(log.mock.calls).toEqual([["\nEpoch 2: ReduceLROnPlateau reducing learning rate to 0.05."]]);
  });

  test("cannot set what a schedule gives", async () => {
    const made = trainer();
    made.compile({
      loss: "mse",
      optimizer: sgd({ learningRate: exponentialDecay({ initialLearningRate: 1, decaySteps: 1, decayRate: 0.9 }) }),
    });
    const reduce = callbacks.reduceLROnPlateau({ monitor: "loss", patience: 0 });
    const error = await errorOf(() =>
      made.fit(x, y, { ...quiet, epochs: 3, callbacks: [script("loss", [1, 1, 1]), reduce] }),
    );
    expect(error.message).toContain("follows a schedule, ExponentialDecay");
  });
});

describe("LearningRateScheduler", () => {
  test("asks for every epoch, from the rate before", async () => {
    const asked: unknown[] = [];
    const schedule = (epoch: number, rate: number) => {
      asked.push([epoch, rate]);
      return epoch === 0 ? rate : rate / 4;
    };
    const made = trainer();
    const { history } = await made.fit(x, y, {
      ...quiet,
      epochs: 3,
      callbacks: [callbacks.learningRateScheduler({ schedule, verbose: 1 })],
    });
    const rate = Math.fround(0.1);
    expect(asked).toEqual([
      [0, rate],
      [1, rate],
      [2, rate / 4],
    ]);
    expect(history["learning_rate"]).toEqual([rate, rate / 4, rate / 16]);
    expect(log.mock.calls.at(-1)).toEqual([`\nEpoch 3: LearningRateScheduler setting learning rate to ${rate / 16}.`]);
    expect(await made.readLearningRate()).toBe(rate / 16);
  });

  test("refuses what is no number", async () => {
    const schedule = (() => "0.1") as never;
    const error = await errorOf(() =>
      trainer().fit(x, y, { ...quiet, callbacks: [callbacks.learningRateScheduler({ schedule })] }),
    );
    expect(error.message).toBe(
      `LearningRateScheduler, the result of 'schedule': The value cannot be used. Expected: a number. Received: "0.1".`,
    );
  });
});

test.each<[() => unknown, string]>([
  [() => callbacks.earlyStopping({ patience: -1 }), "EarlyStopping, option 'patience'"],
  [() => callbacks.earlyStopping({ mode: "best" as never }), "EarlyStopping, option 'mode': Unknown value 'best'"],
  [() => callbacks.earlyStopping({ restoreBestWeight: true } as never), "Did you mean 'restoreBestWeights'?"],
  [() => callbacks.earlyStopping({ verbose: 2 as never }), "Expected: 0 or 1. Received: 2."],
  [() => callbacks.reduceLROnPlateau({ factor: 1 }), "Expected: a number below 1. Received: 1."],
  [() => callbacks.modelCheckpoint({} as never), "'filepath' is missing"],
  [
    () => callbacks.modelCheckpoint({ filepath: "a.keras" }),
    "Expected: one that ends with .lamella. Received: a.keras.",
  ],
  [() => callbacks.modelCheckpoint({ filepath: "a.lamella", saveFreq: 0 }), "'epoch' or a whole number of at least 1"],
  [() => callbacks.learningRateScheduler({ schedule: 0.1 as never }), "Expected: a function (epoch, learningRate)"],
  [() => callbacks.backupAndRestore({ backupDir: "" }), "Expected: the name of a folder"],
  [() => callbacks.remoteMonitor({ headers: { a: 1 } as never }), "Expected: a record of texts"],
])("unusable options are refused: %s", async (make, text) => {
  expect((await errorOf(make)).message).toContain(text);
});
