import {
  cloneModel,
  concatenate,
  dense,
  dropout,
  embedding,
  exportOnnx,
  input,
  loadModel,
  lstm,
  model,
  modelFromJson,
  onnxBytes,
  onnxruntime,
  reference,
  resetNames,
  sequential,
  setRandomSeed,
  sgd,
  type Tensor,
} from "lamella";
import * as ort from "onnxruntime-node";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { inFolder, labels, numbers, valuesOf } from "./support.ts";

beforeEach(() => {
  resetNames();
  setRandomSeed(7);
});

const samples = 20;
const xProfile = numbers("profile", samples, 10);
const xActivity = numbers("activity", samples, 20, 5);
const y = labels("y", samples, 2);

function twoInputs() {
  const profile = input({ shape: [10], name: "profile_data" });
  const activity = input({ shape: [20, 5], name: "activity_data" });
  const merged = concatenate()([dense(16, { activation: "relu" })(profile), lstm(16)(activity)]);
  return model({
    inputs: [profile, activity],
    outputs: dense(1, { activation: "sigmoid", name: "prediction" })(merged),
  });
}

describe("the two-input model of the documentation", () => {
  test("a stack of layers", async () => {
    const stack = sequential([
      dense(64, { activation: "relu", inputShape: [784] }),
      dense(10, { activation: "softmax" }),
    ]);
    expect(stack.countParams()).toBe(784 * 64 + 64 + 64 * 10 + 10);
    const prediction = await stack.predict(numbers("images", 3, 784));
    expect(prediction.shape).toEqual([3, 10]);
    const [first] = prediction.toArray() as number[][];
    expect(first!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  test("compiles, fits, measures, predicts, saves and loads", async () => {
    const net = twoInputs();
    net.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: ["accuracy"], backend: onnxruntime() });
    const history = await net.fit([xProfile, xActivity], y, {
      epochs: 5,
      batchSize: 8,
      validationSplit: 0.1,
      verbose: 0,
    });
    expect(history.epoch).toEqual([0, 1, 2, 3, 4]);
    expect(Object.keys(history.history).toSorted()).toEqual(["accuracy", "loss", "val_accuracy", "val_loss"]);
    for (const values of Object.values(history.history)) expect(values).toHaveLength(5);
    expect(history.history["loss"]!.at(-1)).toBeLessThan(history.history["loss"]![0]!);

    const byName = { profile_data: xProfile, activity_data: xActivity };
    await net.fit(byName, y, { verbose: 0 });
    await net.fit(byName, { prediction: y }, { verbose: 0 });

    const features = model({ inputs: net.inputs, outputs: net.layers[2]!.output });
    expect(features.layers.map(({ name }) => name)).toContain("dense");
    expect((await features.predict(byName)).shape).toEqual([samples, 16]);
    expect(features.weights).toEqual(net.getLayer("dense").weights);

    const print = vi.fn<(text: string) => void>();
    net.summary({ print });
    expect(print.mock.calls[0]![0]).toContain('Model: "functional"');
    expect(print.mock.calls[0]![0]).toMatch(/prediction \(Dense\) +│ \(None, 1\) +│ +33 │ concatenate/);

    const measured = await net.evaluate(byName, y, { verbose: 0 });
    expect(Object.keys(measured)).toEqual(["loss", "accuracy"]);
    const predicted = await net.predict(byName);
    expect(predicted.shape).toEqual([samples, 1]);
    expect(predicted.dtype).toBe("float32");

    await inFolder(async (at) => {
      await net.save(at("model.lamella"));
      const again = await loadModel<"profile_data" | "activity_data", "prediction">(at("model.lamella"));
      expect((await again.predict(byName)).data).toEqual(predicted.data);
      expect(await again.evaluate([xProfile, xActivity], y, { verbose: 0 })).toEqual(measured);
      await again.dispose();
    });
    await net.dispose();
    await features.dispose();
  });

  test("accepts Keras's snake case", async () => {
    const run = async (loss: string, metric: string, optimizer: string) => {
      resetNames();
      setRandomSeed(7);
      await using net = twoInputs();
      net.compile({ optimizer, loss, metrics: [metric], seed: 1, backend: reference() });
      const { history } = await net.fit([xProfile, xActivity], y, { verbose: 0 });
      return Object.values(history);
    };
    const expected = await run("binaryCrossentropy", "binaryAccuracy", "rmsprop");
    expect(await run("binary_crossentropy", "binary_accuracy", "RMSprop")).toEqual(expected);
    expect(await run("bce", "BinaryAccuracy", "rms_prop")).toEqual(expected);
  });
});

describe("as Keras has them", () => {
  test("weights have Keras's paths", () => {
    expect(twoInputs().weights.map(({ path, shape }) => `${path} ${shape.join("x")}`)).toEqual([
      "dense/kernel 10x16",
      "dense/bias 16",
      "lstm/lstm_cell/kernel 5x64",
      "lstm/lstm_cell/recurrent_kernel 16x64",
      "lstm/lstm_cell/bias 64",
      "prediction/kernel 32x1",
      "prediction/bias 1",
    ]);
    expect(sequential([dense(1, { inputShape: [2] })]).weights.map(({ path }) => path)).toEqual([
      "sequential/dense_1/kernel",
      "sequential/dense_1/bias",
    ]);
  });

  test("getWeights and setWeights, on models and layers", async () => {
    const net = sequential([dense(2, { inputShape: [3] }), dense(1)]);
    const [layer] = net.layers;
    const before = await net.getWeights();
    expect(before.map(({ shape }) => shape)).toEqual([[3, 2], [2], [2, 1], [1]]);
    const prediction = await net.predict([[1, 2, 3]]);

    layer!.setWeights([
      [
        [1, 0],
        [0, 1],
        [0, 0],
      ],
      [0, 10],
    ]);
    expect(await valuesOf(layer!.getWeights())).toEqual([
      [1, 0, 0, 1, 0, 0],
      [0, 10],
    ]);
    net.setWeights([...(await layer!.getWeights()), [[1], [1]], [0.5]]);
    expect((await net.predict([[1, 2, 3]])).toArray()).toEqual([[13.5]]);

    net.setWeights(before);
    expect((await net.predict([[1, 2, 3]])).data).toEqual(prediction.data);
  });

  test("countParams", () => {
    const net = twoInputs();
    expect(net.countParams()).toBe(176 + 1408 + 33);
    expect(net.getLayer("lstm").countParams()).toBe(1408);
  });

  test("saveWeights and loadWeights", async () => {
    await inFolder(async (at) => {
      const net = twoInputs();
      await net.saveWeights(at("weights.lamella"));
      resetNames();
      const other = twoInputs();
      expect(await valuesOf(other.getWeights())).not.toEqual(await valuesOf(net.getWeights()));
      await other.loadWeights(at("weights.lamella"));
      expect(await valuesOf(other.getWeights())).toEqual(await valuesOf(net.getWeights()));
    });
  });

  test("toJson and modelFromJson: the architecture with fresh weights", async () => {
    const net = twoInputs();
    const copy = modelFromJson(net.toJson());
    expect(copy.toJson()).toBe(net.toJson());
    expect(copy.weights.map(({ path }) => path)).toEqual(net.weights.map(({ path }) => path));
    expect(await valuesOf(copy.getWeights())).not.toEqual(await valuesOf(net.getWeights()));
    expect(((await copy.predict([xProfile, xActivity])) as Tensor).shape).toEqual([samples, 1]);
  });

  test("cloneModel: the same architecture, other weights, not compiled", async () => {
    const net = twoInputs();
    net.compile({ loss: "mse", backend: reference() });
    const copy = cloneModel(net);
    expect(copy.layers.map(({ name }) => name)).toEqual(net.layers.map(({ name }) => name));
    expect(copy.weights.some((variable) => net.weights.includes(variable))).toBe(false);
    expect(await valuesOf(copy.getWeights())).not.toEqual(await valuesOf(net.getWeights()));
    await expect(copy.fit([xProfile, xActivity], y)).rejects.toThrow("has not been compiled");
    expect((await copy.predict({ profile_data: xProfile, activity_data: xActivity })).shape).toEqual([samples, 1]);
  });

  test.each(["reference", "onnxruntime"])(
    "a stateful lstm carries its state on, until resetStates, on %s",
    async (name) => {
      const sequence = input({ shape: [4, 3], batchSize: 2 });
      const recurrent = lstm(2, { stateful: true });
      await using net = model({ inputs: sequence, outputs: recurrent(sequence) });
      net.compile({ loss: "mse", backend: name === "reference" ? reference() : onnxruntime() });
      const x = numbers("sequence", 2, 4, 3);
      const whole = await net.predict(x);

      net.resetStates();
      const halves = (start: number) => (x.toArray() as number[][][]).map((steps) => steps.slice(start, start + 2));
      // Sizes are fixed in the model, so the halves go through one of their own, which shares the layer's weights.
      const half = input({ shape: [2, 3], batchSize: 2 });
      await using other = model({ inputs: half, outputs: recurrent(half) });
      other.compile({ loss: "mse", backend: name === "reference" ? reference() : onnxruntime() });
      await other.predict(halves(0));
      const second = await other.predict(halves(2));
      for (const [i, value] of second.toNumbers().entries()) expect(value).toBeCloseTo(whole.toNumbers()[i]!, 6);

      const again = await other.predict(halves(2));
      expect(again.data).not.toEqual(second.data);
      other.resetStates();
      await other.predict(halves(0));
      expect((await other.predict(halves(2))).data).toEqual(second.data);
    },
  );

  test("several batches of a stateful model go on from one another", async () => {
    const sequence = input({ shape: [2, 3], batchSize: 2 });
    await using net = model({ inputs: sequence, outputs: lstm(2, { stateful: true })(sequence) });
    const x = numbers("four", 4, 2, 3);
    const all = await net.predict(x);
    net.resetStates();
    const parts = [await net.predict(x.rows(0, 2)), await net.predict(x.rows(2, 4))];
    expect(parts.flatMap((part) => part.toNumbers())).toEqual(all.toNumbers());
  });

  test("layer(x, { training, mask, initialState })", async () => {
    const x = input({ shape: [3, 2], name: "x" });
    const keep = input({ shape: [3], name: "keep", dtype: "bool" });
    const h = input({ shape: [2], name: "h" });
    const c = input({ shape: [2], name: "c" });
    const recurrent = lstm(2);
    const inputs = [x, keep, h, c] as const;
    await using net = model({
      inputs,
      outputs: [
        recurrent(x),
        recurrent(x, { mask: keep }),
        recurrent(x, { initialState: [h, c] }),
        recurrent(x, { mask: keep, initialState: [h, c] }),
      ],
    });
    const data = { x: numbers("x", 1, 3, 2), h: [[0.5, -0.5]], c: [[1, 0]] };
    const outputs = await net.predict({ ...data, keep: [[true, true, false]] });
    expect(new Set(outputs.map((output) => output.toNumbers().join())).size).toBe(4);
    // A masked end is as if the sequence were shorter, and all masked leaves the initial state.
    const none = await net.predict({ ...data, keep: [[false, false, false]] });
    expect(none[1]!.toArray()).toEqual([[0, 0]]);
    expect(none[3]!.toNumbers()).toEqual(
      // Keras repeats the output before the first step, which is zero.
      [0, 0],
    );
  });

  test("training fixes the mode of a call: dropout at work in predict, and idle in fit", async () => {
    const x = input({ shape: [100], name: "x" });
    const drop = dropout(0.5);
    await using net = model({ inputs: x, outputs: [drop(x, { training: true }), drop(x, { training: false })] });
    const ones = [new Array<number>(100).fill(1)];
    const [dropped, kept] = await net.predict(ones);
    expect(new Set(dropped!.toNumbers())).toEqual(new Set([0, 2]));
    expect(new Set(kept!.toNumbers())).toEqual(new Set([1]));
    const idle = model({ inputs: x, outputs: dense(1, { kernelInitializer: "ones" })(drop(x, { training: false })) });
    idle.compile({ loss: "mse", optimizer: sgd({ learningRate: 0 }), backend: reference() });
    expect((await idle.fit(ones, [100], { verbose: 0 })).history["loss"]).toEqual([0]);
  });

  test("embedding(maskZero) into lstm skips the padding", async () => {
    const words = input({ shape: [null], dtype: "int32" });
    const recurrent = lstm(3);
    const table = embedding(5, 2, { maskZero: true });
    await using net = model({ inputs: words, outputs: recurrent(table(words)) });
    const padded = await net.predict([
      [1, 2, 0, 0],
      [0, 0, 1, 2],
    ]);
    const short = await net.predict([[1, 2]]);
    const [first, second] = padded.toArray() as number[][];
    expect(first).toEqual((short.toArray() as number[][])[0]);
    expect(second).toEqual(first);
  });

  test(".output of a layer that was called twice says so", () => {
    const a = input({ shape: [2], name: "a" });
    const shared = dense(2, { name: "shared" });
    shared(shared(a));
    expect(() => shared.output).toThrow(
      "shared (Dense): The layer has been called 2 times, so its output is ambiguous.",
    );
  });

  test("dispose and await using: sessions go, the weights stay", async () => {
    const net = sequential([dense(1, { inputShape: [2] })]);
    const before = await net.predict([[1, 2]]);
    await net.dispose();
    await net.dispose();
    expect((await net.predict([[1, 2]])).data).toEqual(before.data);
    {
      await using same = net;
      expect(same.countParams()).toBe(3);
    }
    expect((await net.predict([[1, 2]])).data).toEqual(before.data);
  });
});

test("an exported stateful model takes its state and gives the next one", async () => {
  const sequence = input({ shape: [1, 3], batchSize: 1, name: "step" });
  await using net = model({ inputs: sequence, outputs: lstm(2, { name: "memory", stateful: true })(sequence) });
  const session = await ort.InferenceSession.create(await onnxBytes(net));
  expect(session.inputNames).toEqual(["step", "memory/rnn_state_0", "memory/rnn_state_1"]);
  expect(session.outputNames).toEqual(["memory", "memory/rnn_state_0:next", "memory/rnn_state_1:next"]);
  let states = [new ort.Tensor("float32", new Float32Array(2), [1, 2])];
  states.push(states[0]!);
  for (const label of ["first", "second"]) {
    const x = numbers(label, 1, 1, 3);
    const [h, c] = states;
    const step = new ort.Tensor("float32", x.data, [1, 1, 3]);
    const results = await session.run({ step, "memory/rnn_state_0": h!, "memory/rnn_state_1": c! });
    const own = await net.predict(x);
    for (const [i, value] of own.toNumbers().entries()) {
      expect(Number(results["memory"]!.data[i])).toBeCloseTo(value, 6);
    }
    states = [results["memory/rnn_state_0:next"]!, results["memory/rnn_state_1:next"]!] as typeof states;
  }
  await session.release();
});

test("an exported file runs in a bare ONNX Runtime session, with any batch size", async () => {
  await inFolder(async (at) => {
    await using net = twoInputs();
    net.compile({ loss: "bce", optimizer: "adam" });
    await net.fit([xProfile, xActivity], y, { verbose: 0 });
    await exportOnnx(net, at("model.onnx"));
    const session = await ort.InferenceSession.create(at("model.onnx"));
    expect(session.inputNames).toEqual(["profile_data", "activity_data"]);
    expect(session.outputNames).toEqual(["prediction"]);
    for (const count of [1, 7, samples]) {
      const feeds = {
        profile_data: new ort.Tensor("float32", xProfile.data.slice(0, count * 10), [count, 10]),
        activity_data: new ort.Tensor("float32", xActivity.data.slice(0, count * 100), [count, 20, 5]),
      };
      const result = (await session.run(feeds))["prediction"]!;
      expect(result.dims).toEqual([count, 1]);
      const own = await net.predict([xProfile.rows(0, count), xActivity.rows(0, count)]);
      for (const [i, value] of own.toNumbers().entries()) {
        expect(Number((result.data as Float32Array)[i])).toBeCloseTo(value, 6);
      }
    }
    await session.release();
  });
});
