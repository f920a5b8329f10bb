import {
  conv2d,
  type DataFor,
  dense,
  embedding,
  flatten,
  input,
  model,
  reference,
  sequential,
  tensor,
  Tensor,
} from "lamella";
import { describe, expect, test } from "vitest";

import { labels, numbers } from "./support.ts";

const x = numbers("x", 6, 2, 3);
const stack = sequential([flatten({ inputShape: [2, 3] }), dense(3, { activation: "softmax" })]);
stack.compile({ loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"], backend: reference() });
const quiet = { verbose: 0 } as const;
const y = labels("y", 6, 3);

/** What models look for in a tensor of TensorFlow.js. */
function like({ shape, dtype, data }: Tensor, name: string = dtype) {
  return { shape, dtype: name, dataSync: () => data as Float32Array };
}

describe("inputs", () => {
  const forms: Record<string, DataFor<string>> = {
    "nested arrays": x.toArray(),
    "a flat typed array": x.data,
    "a typed array of more digits": Float64Array.from(x.data),
    "a tensor of more digits": x.cast("float64"),
    "a tensor of TensorFlow.js": like(x),
    "a list of one tensor": [x],
    "a list of one tensor of TensorFlow.js": [like(x)],
    "a record of tensors of TensorFlow.js": { [stack.inputNames[0]!]: like(x) },
    "a list of one typed array": [x.data],
    "a record": { [stack.inputNames[0]!]: x },
  };
  test.each(Object.entries(forms))("%s", async (_, form) => {
    expect((await stack.predict(form)).data).toEqual((await stack.predict(x)).data);
    expect(await stack.evaluate(form, y, quiet)).toEqual(await stack.evaluate(x, y, quiet));
  });

  test("a tensor of TensorFlow.js that holds no numbers is refused", async () => {
    await expect(stack.predict(like(x, "string"))).rejects.toMatchObject({
      code: "data",
      where: "inputs",
      expected: "float32, int32 or bool",
      received: "string",
    });
  });

  test("whole numbers of every width go into a float input", async () => {
    const pixels = Array.from({ length: 12 }, (_, i) => 20 * i);
    const expected = await stack.predict(new Tensor("float32", [2, 2, 3], Float32Array.from(pixels)));
    const arrays = [Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array];
    for (const type of arrays) expect((await stack.predict(type.from(pixels))).data).toEqual(expected.data);
    const big = BigInt64Array.from(pixels, BigInt);
    expect((await stack.predict(big)).data).toEqual(expected.data);
    expect((await stack.predict(new Tensor("uint8", [2, 2, 3], Uint8Array.from(pixels)))).data).toEqual(expected.data);
    expect((await stack.predict(tensor(pixels, [2, 2, 3], "int64"))).data).toEqual(expected.data);
  });

  test("uint8 images train a float model", async () => {
    const images = new Tensor(
      "uint8",
      [8, 4, 4, 1],
      Uint8Array.from({ length: 128 }, (_, i) => (37 * i) % 256),
    );
    const net = sequential([conv2d(2, 3, { inputShape: [4, 4, 1] }), flatten(), dense(2, { activation: "softmax" })]);
    net.compile({ loss: "sparseCategoricalCrossentropy", backend: reference(), optimizer: "adam" });
    const { history } = await net.fit(images, labels("images", 8, 2), { ...quiet, epochs: 2 });
    expect(history["loss"]!.every(Number.isFinite)).toBe(true);
  });

  test("ten thousand uint8 images are converted in a moment", () => {
    const images = new Tensor("uint8", [10_000, 28, 28, 1], new Uint8Array(7_840_000).fill(7));
    const before = process.cpuUsage();
    expect(images.cast("float32").data[1_234_567]).toBe(7);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(300);
  });

  test("whole numbers written as floats go into an int32 input; others are refused", async () => {
    const words = input({ shape: [3], dtype: "int32", name: "words" });
    const net = model({ inputs: words, outputs: embedding(5, 2)(words) });
    const expected = await net.predict(new Tensor("int32", [1, 3], Int32Array.of(4, 0, 1)));
    expect((await net.predict([[4, 0, 1]])).data).toEqual(expected.data);
    expect((await net.predict(Float32Array.of(4, 0, 1))).data).toEqual(expected.data);
    expect((await net.predict(tensor([[4, 0, 1]], undefined, "int64"))).data).toEqual(expected.data);
    expect((await net.predict(Uint8Array.of(4, 0, 1))).data).toEqual(expected.data);
  });

  test("a stack without a shape takes that of its first data, for floats whatever they come as", async () => {
    for (const form of [x, x.toArray(), new Tensor("uint8", [1, 2, 3], new Uint8Array(6))]) {
      const open = sequential([flatten(), dense(2)]);
      expect((await open.predict(form)).shape).toEqual([form instanceof Tensor ? form.shape[0] : 6, 2]);
      expect(open.inputs[0]).toMatchObject({ shape: ["batch", 2, 3], dtype: "float32" });
    }
  });

  test("open sizes may differ from call to call", async () => {
    const sequence = input({ shape: [null, 2] });
    const net = model({ inputs: sequence, outputs: dense(1)(sequence) });
    for (const time of [1, 3]) expect((await net.predict(numbers("t", 2, time, 2))).shape).toEqual([2, time, 1]);
  });
});

describe("targets", () => {
  const classNumbers = Array.from(y);
  const forms: Record<string, DataFor<string>> = {
    "a list of numbers": classNumbers,
    "a column of numbers": classNumbers.map((label) => [label]),
    Uint8Array: Uint8Array.from(y),
    Int8Array: Int8Array.from(y),
    Int16Array: Int16Array.from(y),
    Int32Array: y,
    Uint32Array: Uint32Array.from(y),
    Float32Array: Float32Array.from(y),
    Float64Array: Float64Array.from(y),
    BigInt64Array: BigInt64Array.from(classNumbers, BigInt),
    "an int64 tensor": tensor(classNumbers, [6], "int64"),
    "a uint8 tensor with a column": tensor(classNumbers, [6, 1], "uint8"),
    "a float32 tensor": tensor(classNumbers),
    "a record": { [stack.outputNames[0]!]: y },
  };
  test.each(Object.entries(forms))("class numbers as %s", async (_, form) => {
    expect(await stack.evaluate(x, form, quiet)).toEqual(await stack.evaluate(x, y, quiet));
  });

  test("one-hot targets, as nested arrays, booleans and a flat array", async () => {
    const net = sequential([flatten({ inputShape: [2, 3] }), dense(3, { activation: "softmax" })]);
    net.compile({ loss: "categoricalCrossentropy", metrics: ["accuracy"], backend: reference() });
    const oneHot = classNumbers.map((label) => [0, 1, 2].map((i) => Number(i === label)));
    const expected = await net.evaluate(x, oneHot, quiet);
    expect(await net.evaluate(x, Float32Array.from(oneHot.flat()), quiet)).toEqual(expected);
    expect(
      await net.evaluate(
        x,
        oneHot.map((row) => row.map(Boolean)),
        quiet,
      ),
    ).toEqual(expected);
    const sparse = await stack.evaluate(x, y, quiet);
    net.setWeights(await stack.getWeights());
    expect((await net.evaluate(x, oneHot, quiet))["loss"]).toBeCloseTo(sparse["loss"]!, 6);
  });

  test("whole numbers beyond int32 stay what they are", async () => {
    const net = sequential([dense(1, { inputShape: [1], kernelInitializer: "zeros" })]);
    net.compile({ loss: "mae", backend: reference() });
    const far = 3e9;
    const written = [[[far]], [far], BigInt64Array.of(BigInt(far)), Float64Array.of(far), Uint32Array.of(far)];
    for (const form of [...written, tensor([far], [1], "int64")]) {
      expect(await net.evaluate([[0]], form, quiet)).toEqual({ loss: far });
    }
  });

  test("a vector of targets fits a column of outputs", async () => {
    const net = sequential([dense(1, { inputShape: [2] })]);
    net.compile({ loss: "mse", metrics: ["mae"], backend: reference() });
    const points = numbers("points", 4, 2);
    const values = [0.5, 1, -1, 2];
    const column = await net.evaluate(
      points,
      values.map((value) => [value]),
      quiet,
    );
    expect(await net.evaluate(points, values, quiet)).toEqual(column);
    expect(await net.evaluate(points, Float32Array.from(values), quiet)).toEqual(column);
  });
});
