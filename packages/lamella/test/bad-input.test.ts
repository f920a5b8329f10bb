import {
  concatenate,
  dense,
  embedding,
  globalAveragePooling2d,
  input,
  lstm,
  metrics,
  model,
  onnxruntime,
  reference,
  sequential,
  sgd,
  Tensor,
} from "lamella";
import { describe, expect, test } from "vitest";

import { expectError, labels, numbers, valuesOf } from "./support.ts";

const quiet = { verbose: 0 } as const;
const x = numbers("x", 6, 3);
const y = labels("y", 6, 4);

/** A classifier of four classes of three features. */
function classifier() {
  const net = sequential([
    input({ shape: [3], name: "features" }),
    dense(4, { activation: "softmax", name: "classes" }),
  ]);
  net.compile({ loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"], backend: reference() });
  return net;
}

function twoInputs() {
  const left = input({ shape: [2], name: "left" });
  const right = input({ shape: [3], name: "right" });
  const net = model({ inputs: [left, right], outputs: dense(1, { name: "sum" })(concatenate()([left, right])) });
  net.compile({ loss: "mse", backend: reference() });
  return net;
}

/** Something that the types refuse, as plain JavaScript would pass it. */
const unchecked = (value: unknown) => value as never;

describe("shapes", () => {
  const net = classifier();
  test("a wrong rank names the input and both shapes", async () => {
    await expectError(
      () => net.fit(numbers("x", 6, 3, 1), y),
      "data",
      "input 'features': The shape does not fit. Expected: (None, 3). Received: (6, 3, 1).",
    );
  });

  test("a single sample says how to wrap it", async () => {
    await expectError(
      () => net.predict([1, 2, 3]),
      "data",
      "input 'features': The shape does not fit. Expected: (None, 3). Received: (3,). " +
        "The first axis counts the samples: wrap a single sample in a list.",
    );
  });

  test("a wrong number of features", async () => {
    const text = "input 'features': The shape does not fit. Expected: (None, 3). Received: (6, 5).";
    await expectError(() => net.evaluate(numbers("x", 6, 5), y), "data", text);
    await expectError(
      () => net.predict(new Float32Array(7)),
      "data",
      "input 'features': The numbers do not fill whole samples. Expected: a multiple of 3. Received: 7.",
    );
  });

  test("ragged rows", async () => {
    await expectError(
      () =>
        net.predict([
          [1, 2, 3],
          [1, 2],
        ]),
      "data",
      "The nested arrays are ragged.",
      "3 elements",
    );
  });

  test("a flat array for an input with open sizes", async () => {
    const sequence = input({ shape: [null, 2], name: "sequence" });
    const open = model({ inputs: sequence, outputs: lstm(1)(sequence) });
    await expectError(
      () => open.predict(new Float32Array(12)),
      "data",
      "input 'sequence': A flat array does not tell its shape, and the model leaves sizes open.",
      "Wrap it: new Tensor('float32', shape, data).",
    );
  });

  test("a stack without a shape and a flat array to guess it from", async () => {
    const text = "The model has no shape yet. Give its first layer an inputShape";
    await expectError(() => sequential([dense(1)]).predict(new Float32Array(6)), "state", text);
  });

  test("targets of another shape than the output, which would be broadcast silently", async () => {
    const regression = sequential([input({ shape: [3] }), dense(1, { name: "value" })]);
    regression.compile({ loss: "mse", backend: reference() });
    await expectError(
      () => regression.fit(x, numbers("y", 6, 2), quiet),
      "shape",
      "targets 'value': The shape of the targets does not fit the output. Expected: (None, 1). Received: (6, 2).",
    );
    const vector = sequential([input({ shape: [3] }), dense(2, { name: "value" })]);
    vector.compile({ loss: "mae", backend: reference() });
    await expectError(() => vector.fit(x, numbers("y", 6), quiet), "shape", "Expected: (None, 2). Received: (6,).");
  });

  test("targets that another crossentropy takes", async () => {
    const oneHot = Array.from(y, (label) => [0, 1, 2, 3].map((i) => Number(i === label)));
    await expectError(
      () => net.fit(x, oneHot, quiet),
      "shape",
      "SparseCategoricalCrossentropy takes class numbers, and these targets have a value for every class.",
      "Use categoricalCrossentropy for targets that are one-hot or probabilities.",
    );
    const other = classifier();
    other.compile({ loss: "categoricalCrossentropy", backend: reference() });
    await expectError(
      () => other.fit(x, y, quiet),
      "shape",
      "Expected: (None, 4). Received: (6,). Use sparseCategoricalCrossentropy for targets that are class numbers.",
    );
  });
});

describe("numbers of samples", () => {
  test("inputs that differ", async () => {
    await expectError(
      () => twoInputs().fit({ left: numbers("l", 4, 2), right: numbers("r", 5, 3) }, [1, 2, 3, 4], quiet),
      "data",
      "The inputs have different numbers of samples. Expected: one number for all. Received: left: 4, right: 5.",
    );
  });

  test("inputs and targets that differ", async () => {
    const text = "targets 'classes': The targets and the inputs have different numbers of samples.";
    await expectError(
      () => classifier().fit(x, [0, 1, 2], quiet),
      "data",
      `${text} Expected: 6, as many as the inputs. Received: 3.`,
    );
    await expectError(
      () => classifier().fit(x, Int32Array.of(0, 1), quiet),
      "data",
      "targets 'classes': The flat array does not fit the samples. Expected: 6 numbers, or 6 times the 4 of the output.",
    );
  });

  test("none", async () => {
    const text = "input 'features': There are no samples. Expected: at least one.";
    await expectError(() => classifier().fit([], [], quiet), "data", text);
    await expectError(() => classifier().predict([]), "data", text);
    await expectError(() => classifier().predict(new Float32Array(0)), "data", text);
    await expectError(
      () => classifier().evaluate(new Tensor("float32", [0, 3], new Float32Array(0)), [], quiet),
      "data",
      text,
    );
    await expectError(() => classifier().fit(x, [], quiet), "data", "Received: 0.");
  });

  test("a fixed batch that does not divide them, or another batch size", async () => {
    const sequence = input({ shape: [2, 1], batchSize: 4, name: "sequence" });
    const net = model({ inputs: sequence, outputs: lstm(1, { stateful: true })(sequence) });
    const hint = "The input of the model has a batch of 4.";
    await expectError(
      () => net.predict(numbers("s", 6, 2, 1)),
      "data",
      `The samples do not fill whole batches. Expected: a multiple of 4 samples. Received: 6. ${hint}`,
    );
    await expectError(
      () => net.predict(numbers("s", 8, 2, 1), { batchSize: 2 }),
      "config",
      `batchSize: The value does not fit the model. Expected: 4. Received: 2. ${hint}`,
    );
    net.compile({ loss: "mse", backend: reference() });
    const targets = numbers("t", 8, 1);
    await expectError(
      () => net.fit(numbers("s", 8, 2, 1), targets, { ...quiet, validationSplit: 0.25 }),
      "data",
      "a multiple of 4 samples",
    );
    await net.fit(numbers("s", 8, 2, 1), targets, { ...quiet, validationSplit: 0.5 });
  });

  test("a stateful layer without a fixed batch", async () => {
    const sequence = input({ shape: [2, 1], name: "sequence" });
    await expectError(
      () => lstm(1, { stateful: true, name: "memory" })(sequence),
      "shape",
      "memory (LSTM): A stateful layer needs to know the batch size.",
      "Received: 'sequence' (None, 2, 1). Give the input a batchSize.",
    );
  });
});

describe("values", () => {
  const words = input({ shape: [2], dtype: "int32", name: "words" });
  const table = model({ inputs: words, outputs: embedding(4, 1, { name: "table" })(words) });

  test.each([
    [[[1.5, 0]], "1.5 at element 0"],
    [[[0, 3e9]], "3000000000 at element 1"],
    [[[Number.NaN, 0]], "NaN at element 0"],
    [new Tensor("int64", [1, 2], BigInt64Array.of(0n, 2n ** 40n)), "1099511627776 at element 1"],
  ])("what is no int32 does not go into an int32 input: %s", async (data, received) => {
    await expectError(
      () => table.predict(data),
      "dtype",
      `input 'words': The input takes whole numbers. Expected: int32. Received: ${received}.`,
    );
  });

  test.each([
    ["reference", reference],
    ["onnxruntime", onnxruntime],
  ])("an index outside of an embedding, on %s", async (_, backend) => {
    const net = sequential([input({ shape: [1], dtype: "int32" }), embedding(4, 1, { name: "table" })]);
    net.compile({ loss: "mse", backend: backend() });
    await expectError(() => net.predict([[4]]), "data", "table");
    await net.dispose();
  });

  test.each([
    [4, "Label 4 at sample 1 is out of range.", "Received: 4."],
    [-1, "Label -1 at sample 1 is out of range.", "Received: -1."],
    [0.5, "Label 0.5 at sample 1 is no class number.", "Received: 0.5."],
  ])("the class number %f", async (label, problem, received) => {
    await expectError(
      () => classifier().fit(x, [0, label, 1, 1, 1, 1], quiet),
      "data",
      `targets 'classes': ${problem} Expected: class numbers from 0 to 3, since the output has 4 classes. ${received}`,
      "Count classes from 0, or give the last layer as many units as there are classes.",
    );
  });

  test("targets that are NaN", async () => {
    const regression = sequential([input({ shape: [3] }), dense(1, { name: "value" })]);
    regression.compile({ loss: "mse", backend: reference() });
    await expectError(
      () => regression.fit(x, [1, 2, Number.NaN, 4, 5, 6], quiet),
      "not-finite",
      "targets 'value': Element 2 is NaN. Drop samples without a target, or fill them in.",
    );
  });

  test.each([
    ["a text", [["a", 1, 2]], "'a'"],
    ["null", [[1, null, 2]], "null"],
    ["undefined", [[1, undefined, 2]], "undefined"],
    ["a typed array in a list", [[Float32Array.of(1, 2, 3)]], "a Float32Array"],
  ])("nested arrays that hold %s", async (_, data, received) => {
    const text = "The nested arrays hold something that is no number. Expected: numbers or booleans. Received: ";
    await expectError(() => classifier().predict(unchecked(data)), "data", `input 'features': ${text}${received}.`);
    await expectError(() => classifier().fit(x, unchecked(data)), "data", `targets 'classes': ${text}${received}.`);
  });

  test.each([
    ["a text", "hello", "string"],
    ["nothing", undefined, "undefined"],
    ["a DataView", new DataView(new ArrayBuffer(12)), "DataView"],
    ["unsigned big integers", new BigUint64Array(3), "BigUint64Array"],
  ])("%s", async (_, data, received) => {
    const text = "inputs: This is not data. Expected: a Tensor, nested arrays or a typed array. Received: ";
    await expectError(() => classifier().predict(unchecked(data)), "data", text + received);
  });

  test("targets that are forgotten", async () => {
    await expectError(() => classifier().fit(x, unchecked(undefined)), "data", "targets: This is not data.");
  });
});

describe("lists and records", () => {
  test("a wrong number of arrays", async () => {
    const expected = "inputs: The number of arrays does not fit the model. Expected: 2 arrays: left, right.";
    const one = numbers("l", 4, 2);
    await expectError(() => twoInputs().predict([one]), "data", `${expected} Received: a list of 1.`);
    await expectError(() => twoInputs().predict([one, one, one]), "data", `${expected} Received: a list of 3.`);
    await expectError(() => twoInputs().predict(one), "data", `${expected} Received: one array.`);
    await expectError(
      () => classifier().predict([x, x]),
      "data",
      "inputs: The number of arrays does not fit the model. Expected: one array: features. Received: a list of 2. " +
        "Samples in arrays of their own have to be joined into one Tensor.",
    );
    await expectError(() => classifier().predict([x.data, x.data, x.data]), "data", "Received: a list of 3.");
  });

  test("names that the model does not have, or that are missing", async () => {
    const text =
      "inputs: The names do not fit the model's. Expected: left, right. Received: left, rihgt. Did you mean 'right'?";
    const data = { left: numbers("l", 4, 2), rihgt: numbers("r", 4, 3) };
    await expectError(() => twoInputs().predict(unchecked(data)), "data", text);
    await expectError(
      () => twoInputs().fit({ left: numbers("l", 1, 2), right: numbers("r", 1, 3) }, unchecked({ summ: [1] })),
      "data",
      "targets: The names do not fit the model's. Expected: sum. Received: summ. Did you mean 'sum'?",
    );
    await expectError(() => twoInputs().predict(unchecked({})), "data", "Received: none.");
  });
});

describe("options", () => {
  test.each([
    ["optimizer", { optimizer: "adm", loss: "mse" }, "optimizer: Unknown optimizer 'adm'.", "Did you mean 'Adam'?"],
    ["loss", { loss: "binaryCrossentrpy" }, "Unknown loss 'binaryCrossentrpy'.", "Did you mean 'BinaryCrossentropy'?"],
    ["metric", { loss: "mse", metrics: ["acuracy"] }, "Unknown metric 'acuracy'.", "Did you mean 'Accuracy'?"],
    ["short name", { loss: "msee" }, "Unknown loss 'msee'.", "Did you mean 'mse'?"],
  ])("an unknown %s: lists the known ones, and suggests the nearest", async (_, options, problem, hint) => {
    await expectError(() => classifier().compile(options), "name", problem, "Expected: one of ", hint);
  });

  test("nothing near", async () => {
    const text = "optimizer: Unknown optimizer 'newton'. Expected: one of SGD, RMSprop, Adam, ";
    await expectError(() => classifier().compile({ loss: "mse", optimizer: "newton" }), "name", text);
  });

  test("options of an optimizer", async () => {
    await expectError(() => sgd(unchecked({ learnigRate: 1 })), "name", "sgd", "Did you mean 'learningRate'?");
    const text = "sgd, option 'momentum': The value cannot be used. Expected: a number from 0 to 1. Received: 2.";
    await expectError(() => sgd({ momentum: 2 }), "config", text);
  });

  test("what is no optimizer, loss or metric", async () => {
    const net = classifier();
    await expectError(
      () => net.compile({ loss: "mse", optimizer: unchecked(3) }),
      "config",
      "This is not an optimizer.",
    );
    await expectError(() => net.compile({ loss: unchecked(3) }), "config", "loss: This is not a loss.", "Received: 3.");
    await expectError(() => net.compile({ loss: "mse", metrics: unchecked([3]) }), "config", "This is not a metric.");
  });

  test("no loss", async () => {
    for (const loss of [undefined, null, [], {}]) {
      await expectError(
        () => classifier().compile({ loss: unchecked(loss) }),
        "config",
        "loss: There is no loss.",
        "For instance compile({ loss: 'meanSquaredError' }).",
      );
    }
  });

  test("not compiled", async () => {
    const net = sequential([dense(1, { inputShape: [3] })], { name: "net" });
    const text = "net (Sequential): The model has not been compiled. Call compile({ optimizer, loss }) first.";
    await expectError(() => net.fit(x, [1]), "state", text);
    await expectError(() => net.evaluate(x, [1]), "state", text);
    expect((await net.predict(x)).shape).toEqual([6, 1]);
  });

  test("losses and metrics for outputs that are not there", async () => {
    const start = input({ shape: [3] });
    const net = model({ inputs: start, outputs: [dense(1, { name: "a" })(start), dense(1, { name: "b" })(start)] });
    const both = [new Float32Array(6), new Float32Array(6)];
    const fitting = (options: object) => {
      net.compile({ backend: reference(), ...options } as Parameters<typeof net.compile>[0]);
      return net.fit(x, both, quiet);
    };
    await expectError(
      () => fitting({ loss: ["mse"] }),
      "config",
      "loss: The list does not fit the outputs. Expected: 2: a, b. Received: 1.",
    );
    await expectError(() => fitting({ loss: { a: "mse", c: "mse" } }), "name", "loss: Unknown output 'c'.", "a, b");
    await expectError(() => fitting({ loss: "mse", metrics: ["mae"] }), "config", "metrics: The list does not fit");
    await expectError(() => fitting({ loss: "mse", metrics: { c: "mae" } }), "name", "metrics: Unknown output 'c'.");
  });

  test("a name that is reported twice", async () => {
    const net = classifier();
    const second = metrics.sparseCategoricalAccuracy({ name: "accuracy_1" });
    const clashing = ["accuracy", "accuracy", second];
    net.compile({ loss: "sparseCategoricalCrossentropy", metrics: clashing, backend: reference() });
    await expectError(() => net.fit(x, y, quiet), "name", "The name 'accuracy_1' is reported twice.", "{ type, name }");
    const called = metrics.sparseCategoricalAccuracy({ name: "loss" });
    net.compile({ loss: "sparseCategoricalCrossentropy", metrics: [called], backend: reference() });
    await expectError(() => net.fit(x, y, quiet), "name", "'loss'");
  });

  test.each([0, -1, 1.5, Number.NaN, "8"])("batchSize %s", async (batchSize) => {
    const text = "batchSize: The value cannot be used. Expected: a whole number of at least 1. Received: ";
    const options = { ...quiet, batchSize: unchecked(batchSize) };
    for (const work of [
      () => classifier().fit(x, y, options),
      () => classifier().evaluate(x, y, options),
      () => classifier().predict(x, options),
    ]) {
      await expectError(work, "config", `${text}${batchSize}.`);
    }
  });

  test.each([-1, 0.5, Number.NaN])("epochs %d", async (epochs) => {
    const text = `epochs: The value cannot be used. Expected: a whole number of at least 0. Received: ${epochs}.`;
    await expectError(() => classifier().fit(x, y, { ...quiet, epochs }), "config", text);
  });

  test.each([1, -0.1, 1.5, 0.99, Number.NaN])("validationSplit %d", async (validationSplit) => {
    await expectError(
      () => classifier().fit(x, y, { ...quiet, validationSplit }),
      "config",
      "validationSplit: The split leaves nothing to train or nothing to validate.",
      `Expected: a number between 0 and 1 that splits 6 samples. Received: ${validationSplit}.`,
    );
  });
});

describe("training that goes wrong", () => {
  test("a loss that is NaN names the step and keeps the weights, on onnxruntime too", async () => {
    const net = sequential([dense(1, { inputShape: [3], kernelInitializer: "ones" })]);
    net.compile({ loss: "mse", optimizer: "adam", backend: onnxruntime() });
    const data = numbers("bad", 6, 3);
    data.data[10] = Number.NaN;
    await expectError(
      () => net.fit(data, new Float32Array(6), { ...quiet, batchSize: 2, shuffle: false }),
      "not-finite",
      "epoch 1, step 2: The loss is NaN. Training has stopped, and the weights are those from before this step.",
    );
    const once = sequential([dense(1, { inputShape: [3], kernelInitializer: "ones" })]);
    once.compile({ loss: "mse", optimizer: "adam", backend: onnxruntime() });
    await once.fit(data.rows(0, 2), new Float32Array(2), quiet);
    expect(await valuesOf(net.getWeights())).toEqual(await valuesOf(once.getWeights()));
    await net.dispose();
    await once.dispose();
  });

  test("a device that is not there", async () => {
    const net = sequential([dense(1, { inputShape: [3] })]);
    net.compile({ loss: "mse", backend: onnxruntime({ device: "cuda" }) });
    const problem = await onnxruntime({ device: "cuda" }).check();
    if (problem === undefined) return;
    await expectError(() => net.predict(x), "unavailable", "CUDA", "or use device 'cpu'");
    await expectError(() => net.fit(x, [1, 2, 3, 4, 5, 6], quiet), "unavailable", "CUDA");
    await net.dispose();
  });

  test("calls after dispose work again", async () => {
    const net = classifier();
    const { history } = await net.fit(x, y, { ...quiet, shuffle: false });
    await net.dispose();
    const { loss } = await net.evaluate(x, y, quiet);
    expect(loss).toBeLessThan(history["loss"]![0]!);
    await net.dispose();
    await net.fit(x, y, quiet);
    await net.dispose();
    expect((await net.predict(x)).shape).toEqual([6, 4]);
  });

  test("a layer called twice, and images where features belong", async () => {
    await expectError(
      () => sequential([input({ shape: [3] }), globalAveragePooling2d({ name: "pool" })]),
      "shape",
      "pool (GlobalAveragePooling2D)",
      "(None, 3)",
    );
  });
});
