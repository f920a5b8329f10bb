import {
  callbacks,
  concatenate,
  type Dataset,
  dataset,
  dense,
  input,
  model,
  reference,
  resetNames,
  sequential,
  setRandomSeed,
  tensor,
} from "lamella";
import { beforeEach, expect, test } from "vitest";

import { inFolder, line, valuesOf } from "./support.ts";

beforeEach(() => setRandomSeed(7));

function smallNet() {
  resetNames();
  const net = sequential([dense(4, { activation: "tanh", inputShape: [2] }), dense(1)]);
  net.compile({ optimizer: "adam", loss: "mse", backend: reference() });
  return net;
}

const { x, y } = line(20);

test("fit, evaluate and predict on a dataset give what they give on the arrays", async () => {
  const arrays = smallNet();
  const expected = await arrays.fit(x, y, { epochs: 2, batchSize: 8, shuffle: false, verbose: 0 });
  setRandomSeed(7);
  const net = smallNet();
  const set = dataset(x, y).batch(8).prefetch(2);
  const { history } = await net.fit(set, { epochs: 2, verbose: 0, validationData: set });
  expect(history["loss"]).toEqual(expected.history["loss"]);
  expect(history["val_loss"]).toHaveLength(2);
  expect(await net.evaluate(set, { verbose: 0 })).toEqual(await arrays.evaluate(x, y, { batchSize: 8, verbose: 0 }));
  expect((await net.predict(set)).toNumbers()).toEqual((await arrays.predict(x, { batchSize: 8 })).toNumbers());
  const inputs = dataset(x).batch(8);
  expect((await net.predict(inputs)).toNumbers()).toEqual((await net.predict(x)).toNumbers());
});

test("records name the inputs of a model, the third part of a batch are weights", async () => {
  const [a, b] = [input({ shape: [1], name: "a" }), input({ shape: [1], name: "b" })];
  const net = model({ inputs: [a, b], outputs: dense(1)(concatenate()([a, b])) });
  net.compile({ loss: "mse", backend: reference() });
  const column = tensor([[1], [2], [3]]);
  const set = dataset({ a: column, b: column }, column, Float32Array.of(1, 0, 2)).batch(2);
  const { loss } = await net.evaluate(set, { verbose: 0 });
  const expected = await net.evaluate({ a: column, b: column }, column, {
    sampleWeight: Float32Array.of(1, 0, 2),
    batchSize: 2,
    verbose: 0,
  });
  expect(loss).toBe(expected["loss"]);
});

test("what never ends is cut into epochs", async () => {
  const net = smallNet();
  const { history } = await net.fit(dataset(x, y).repeat().batch(8), { epochs: 3, stepsPerEpoch: 4, verbose: 0 });
  expect(history["loss"]).toHaveLength(3);
});

test("training that stops in the middle of a shuffled epoch goes on with the same batches", async () => {
  const shuffled = () => dataset(x, y).shuffle(20, { seed: 5 }).batch(4).prefetch(2);
  const seen = async (set: Dataset<unknown>, pass: number) => {
    const batches: string[] = [];
    for await (const batch of set.pass(pass)) batches.push(JSON.stringify(batch));
    return batches;
  };
  expect(await seen(shuffled(), 1)).not.toEqual(await seen(shuffled(), 0));

  const whole = smallNet();
  await whole.fit(shuffled(), { epochs: 3, verbose: 0 });
  await inFolder(async (at) => {
    setRandomSeed(7);
    const stopped = smallNet();
    const controller = new AbortController();
    let step = 0;
    const stop = { onTrainBatchEnd: () => void ((step += 1) === 8 && controller.abort()) };
    const backup = () => callbacks.backupAndRestore({ backupDir: at("backup"), saveFreq: 1 });
    await expect(
      stopped.fit(shuffled(), { epochs: 3, verbose: 0, signal: controller.signal, callbacks: [backup(), stop] }),
    ).rejects.toThrow(/abort|stopped/i);
    setRandomSeed(99);
    const resumed = smallNet();
    let steps = 0;
    const count = { onTrainBatchEnd: () => void (steps += 1) };
    await resumed.fit(shuffled(), { epochs: 3, verbose: 0, callbacks: [backup(), count] });
    expect(steps).toBe(7);
    expect(await valuesOf(resumed.getWeights())).toEqual(await valuesOf(whole.getWeights()));
  });
});
