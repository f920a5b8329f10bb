import { dense, symbolicInput } from "@lamella/ir";
import { reference } from "@lamella/runtime";
import { type BatchData, type FitOptions, sgd, Trainer } from "@lamella/train";
import { describe, expect, test, vi } from "vitest";

import { errorOf, Net, trainerOf, wave, weightsOf } from "./support.ts";

// Numbers from Keras 3.15.1 on TensorFlow, run_eagerly; `support.ts` tells what `wave` is.
const x = wave(1, [10, 3]);
const y = [1, 0, 0, 1, 1, 0, 0, 1, 1, 0];
const sampleWeight = wave(5, [10]).data.map(Math.abs);
const plain = { verbose: 0, shuffle: false, batchSize: 4 } as const;

function classifier(options: { readonly metrics?: readonly string[] } = { metrics: ["accuracy"] }) {
  const trainer = trainerOf([3], (input) => dense(2, { activation: "softmax" })(input));
  trainer.model.setWeights([wave(3, [3, 2]), wave(4, [2])]);
  trainer.compile({
    loss: "sparseCategoricalCrossentropy",
    optimizer: sgd({ learningRate: 0.1 }),
    weightedMetrics: ["accuracy"],
    ...options,
  });
  return trainer;
}

function expectClose(actual: Readonly<Record<string, readonly number[] | number>>, expected: typeof actual): void {
  // Losses near 1 in float32, a few roundings apart.
  const near = (value: number) => expect.closeTo(value, 6) as number;
  const wanted = Object.entries(expected).map(([name, values]) => [
    name,
    typeof values === "number" ? near(values) : values.map(near),
  ]);
  expect(actual).toEqual(Object.fromEntries(wanted));
}

describe("weights of samples, as in Keras", () => {
  test("a weight a sample counts in the loss and in weighted metrics", async () => {
    const { history } = await classifier().fit(x, y, { ...plain, epochs: 2, sampleWeight });
    expectClose(history, {
      accuracy: [0.5, 0.5],
      loss: [0.5672356486320496, 0.5616344213485718],
      weighted_accuracy: [0.5619730949401855, 0.5619730949401855],
    });
  });

  test("a weight a class", async () => {
    const classWeight = { 0: 0.5, 1: 3 };
    const { history } = await classifier().fit(x, y, { ...plain, epochs: 2, classWeight });
    const expected = {
      accuracy: [0.5, 0.6000000238418579],
      loss: [1.2690261602401733, 1.0758544206619263],
      weighted_accuracy: [0.5714285969734192, 0.7428571581840515],
    };
    expectClose(history, expected);
    const oneHot = y.map((label) => [1 - label, label]);
    const other = trainerOf([3], (input) => dense(2, { activation: "softmax" })(input));
    other.model.setWeights([wave(3, [3, 2]), wave(4, [2])]);
    other.compile({ loss: "categoricalCrossentropy", optimizer: sgd({ learningRate: 0.1 }) });
    const { history: same } = await other.fit(x, oneHot, { ...plain, epochs: 2, classWeight });
    expectClose(same, { loss: expected.loss });
  });

  test("classes without a weight count 1", async () => {
    const given = await classifier().fit(x, y, { ...plain, classWeight: { 1: 3 } });
    const whole = await classifier().fit(x, y, { ...plain, classWeight: { 0: 1, 1: 3 } });
    expect(given.history).toEqual(whole.history);
  });

  test("a weight a step in time", async () => {
    const trainer = trainerOf([3, 2], (input) => dense(1)(input));
    trainer.model.setWeights([wave(3, [2, 1]), wave(4, [1])]);
    trainer.compile({ loss: "mse", optimizer: sgd({ learningRate: 0.1 }) });
    const weights = wave(8, [4, 3]);
    const { history } = await trainer.fit(wave(6, [4, 3, 2]), wave(7, [4, 3, 1]), {
      ...plain,
      batchSize: 3,
      epochs: 2,
      sampleWeight: Array.from({ length: 4 }, (_, i) =>
        weights
          .toNumbers()
          .slice(3 * i, 3 * i + 3)
          .map(Math.abs),
      ),
    });
    expectClose(history, { loss: [1.475795030593872, 0.8128259181976318] });
  });

  test("evaluate and validationData take them, too", async () => {
    const trainer = classifier();
    expectClose(await trainer.evaluate(x, y, { ...plain, sampleWeight }), {
      accuracy: 0.5,
      loss: 0.5644065737724304,
      weighted_accuracy: 0.5619730949401855,
    });
    const { history } = await trainer.fit(x.rows(0, 6), y.slice(0, 6), {
      ...plain,
      epochs: 3,
      validationFreq: [2],
      validationData: [x.rows(6, 10), y.slice(6), sampleWeight.slice(6)],
    });
    expectClose(history, {
      accuracy: [0.3333333432674408, 0.3333333432674408, 0.3333333432674408],
      loss: [1.0408023595809937, 0.9917193055152893, 0.9465653300285339],
      weighted_accuracy: [0.3333333432674408, 0.3333333432674408, 0.3333333432674408],
      val_accuracy: [0.75],
      val_loss: [0.3492491841316223],
      val_weighted_accuracy: [0.8168171048164368],
    });
  });

  test.each<[string, Partial<FitOptions>, string]>([
    ["too few", { sampleWeight: [1, 2] }, "expected: a weight for each of the 10 samples"],
    ["not a number", { sampleWeight: y.map(() => Number.NaN) }, "Element 0 is NaN"],
    ["both kinds", { sampleWeight, classWeight: { 0: 1 } }, "either classWeight, or sampleWeight"],
  ])("refused: %s", async (_, options, text) => {
    const trainer = classifier();
    const error = await errorOf(() => trainer.fit(x, y, { ...plain, ...options }));
    expect(error.message.toLowerCase()).toContain(text.toLowerCase());
  });
});

describe("epochs and steps", () => {
  test("validationFreq is a number of epochs, too", async () => {
    const options = { ...plain, epochs: 5, validationSplit: 0.2 };
    const { history } = await classifier().fit(x, y, { ...options, validationFreq: 2 });
    expect([history["loss"]!.length, history["val_loss"]!.length]).toEqual([5, 2]);
  });

  test("validationBatchSize and validationSteps choose what is validated", async () => {
    const trainer = classifier();
    const validationData = [x, y] as const;
    const options = { ...plain, validationData, validationBatchSize: 3, validationSteps: 2 };
    const { history } = await trainer.fit(x, y, options);
    const { loss } = await trainer.evaluate(x.rows(0, 6), y.slice(0, 6), plain);
    expect(history["val_loss"]![0]).toBeCloseTo(loss!, 6);
  });

  test("initialEpoch counts on", async () => {
    const { epoch } = await classifier().fit(x, y, { ...plain, initialEpoch: 2, epochs: 5 });
    expect(epoch).toEqual([2, 3, 4]);
  });

  test("stepsPerEpoch cuts a pass into epochs; the last one of a pass may be shorter, as in Keras, and says so", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const trainer = classifier();
    const steps: number[] = [];
    const callbacks = [{ onTrainBatchEnd: (batch: number) => void steps.push(batch) }];
    await trainer.fit(x, y, { ...plain, batchSize: 2, epochs: 3, stepsPerEpoch: 3, callbacks });
    expect(steps).toEqual([0, 1, 2, 0, 1, 0, 1, 2]);
    expect(warn.mock.calls).toEqual([[expect.stringContaining("after 2 of 3 steps")]]);
    warn.mockRestore();
  });

  test("evaluate and predict can stop after some steps", async () => {
    const trainer = classifier();
    const part = await trainer.evaluate(x.rows(0, 6), y.slice(0, 6), plain);
    expect(await trainer.evaluate(x, y, { ...plain, batchSize: 3, steps: 2 })).toEqual(part);
    expect(await trainer.predict(x, { batchSize: 4, steps: 2 })).toMatchObject({ shape: [8, 2] });
  });
});

describe("batches that come one by one", () => {
  function* batches(): Generator<BatchData> {
    for (let start = 0; start < 10; start += 4) {
      const end = Math.min(start + 4, 10);
      yield [x.rows(start, end), y.slice(start, end), sampleWeight.slice(start, end)];
    }
  }
  const list = [...batches()];

  test("train as the same arrays do: a function, an object to iterate over, with promises or without", async () => {
    const arrays = await classifier().fit(x, y, { ...plain, epochs: 2, sampleWeight });
    const sources = {
      function: batches,
      "async function": async function* () {
        yield* list;
      },
      iterable: { [Symbol.iterator]: batches },
      repeatable: { steps: 3, pass: batches },
    };
    for (const source of Object.values(sources)) {
      const { history } = await classifier().fit(source, { verbose: 0, epochs: 2 });
      expect(history).toEqual(arrays.history);
    }
  });

  test("evaluate and predict take them; predict leaves targets out", async () => {
    const trainer = classifier();
    expect(await trainer.evaluate(batches, { verbose: 0 })).toEqual(
      await trainer.evaluate(x, y, { ...plain, sampleWeight }),
    );
    expect(await trainer.predict(() => list.map(([inputs]) => inputs))).toEqual(await trainer.predict(x, plain));
    expect(await trainer.predict(batches as never)).toEqual(await trainer.predict(x, plain));
  });

  test("validate", async () => {
    const arrays = await classifier().fit(x, y, { ...plain, validationData: [x, y, sampleWeight] });
    const streamed = await classifier().fit(x, y, { ...plain, validationData: batches });
    expect(streamed.history).toEqual(arrays.history);
  });

  test("a generator that is used up says what to give instead, and what was learnt stays", async () => {
    const trainer = classifier();
    const error = await errorOf(() => trainer.fit(batches(), { verbose: 0, epochs: 2 }));
    expect(error.message).toContain("give the function that makes it");
    const once = classifier();
    await once.fit(batches, { verbose: 0 });
    expect(await weightsOf(trainer)).toEqual(await weightsOf(once));
  });

  test("batches that never end need a number of steps, everywhere", async () => {
    const endless = { steps: Infinity, pass: batches };
    const trainer = classifier();
    const errors = [
      () => trainer.fit(endless, { verbose: 0 }),
      () => trainer.fit(x, y, { verbose: 0, validationData: endless }),
      () => trainer.evaluate(endless, { verbose: 0 }),
      () => trainer.predict({ steps: Infinity, pass: () => [x] }),
    ].map(errorOf);
    const options = ["stepsPerEpoch", "validationSteps", "steps", "steps"];
    for (const [i, error] of (await Promise.all(errors)).entries()) {
      expect(error.message).toMatch(new RegExp(`^${options[i]}: The batches never end`));
    }
    const limited = { verbose: 0, stepsPerEpoch: 2, validationData: endless, validationSteps: 1 } as const;
    const { history } = await trainer.fit(endless, limited);
    expect(Object.keys(history)).toContain("val_loss");
  });

  test("nothing at all, and what is no batch", async () => {
    const trainer = classifier();
    expect((await errorOf(() => trainer.fit(() => [], { verbose: 0 }))).message).toContain("There are no batches.");
    expect((await errorOf(() => trainer.fit(() => [5 as never], { verbose: 0 }))).message).toContain(
      "[inputs, targets, sampleWeight]",
    );
  });

  test.each(["sampleWeight", "batchSize", "validationSplit"] as const)("%s is for arrays", async (option) => {
    const trainer = classifier();
    const value = option === "sampleWeight" ? sampleWeight : 0.5;
    const error = await errorOf(() => trainer.fit(batches, { verbose: 0, [option]: value }));
    expect(error.message).toContain(option);
  });
});

describe("single batches", () => {
  test("report their own values, as in Keras", async () => {
    const trainer = classifier();
    const first = await trainer.trainOnBatch(x.rows(0, 4), y.slice(0, 4));
    expectClose(first, { accuracy: 0.25, loss: 1.1004416942596436, weighted_accuracy: 0.25 });
    const second = await trainer.trainOnBatch(x.rows(4, 8), y.slice(4, 8));
    expectClose(second, { accuracy: 0.5, loss: 0.8461077809333801, weighted_accuracy: 0.5 });
    expectClose(await trainer.testOnBatch(x, y), { accuracy: 0.5, loss: 0.8419653177261353, weighted_accuracy: 0.5 });
  });

  test("predictOnBatch is predict in one step, whether or not the model fixes the batch", async () => {
    const x4 = symbolicInput({ batchShape: [4, 3], name: "x" });
    const fixed = new Trainer(new Net([x4], [dense(1)(x4)]), reference());
    expect(await fixed.predictOnBatch(x.rows(0, 4))).toMatchObject({ shape: [4, 1] });
    expect((await errorOf(() => fixed.predictOnBatch(x))).message).toContain("batch of 4");
    const trainer = classifier();
    expect(await trainer.predictOnBatch(x)).toEqual(await trainer.predict(x));
  });
});
