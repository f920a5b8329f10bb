import { conv2d, dense, embedding, flatten, maxPooling2d, rescaling, type SymbolicTensor, Tensor } from "@lamella/ir";
import { losses } from "@lamella/train";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";

import { trainerOf, weightsOf } from "./support.ts";

const quiet = { verbose: 0 } as const;
const shape = [6, 4, 4, 1] as const;
const y = [0, 1, 0, 1, 1, 0];

/** Pixels up to a brightness that one of them has. */
function pixels(brightest: number): number[] {
  return Array.from({ length: 96 }, (_, i) => Math.floor((((i * 37) % 96) * brightest) / 95));
}

function bytes(brightest = 255): Tensor<"uint8"> {
  return new Tensor("uint8", [...shape], Uint8Array.from(pixels(brightest)));
}

async function fitted(x: Tensor, build: (image: SymbolicTensor) => SymbolicTensor) {
  const trainer = trainerOf(x.shape.slice(1), (image) => dense(2)(flatten()(build(image))));
  const weights = trainer.model.weights.map(({ shape: sizes }) => ({ sizes, size: sizes.reduce((a, b) => a * b, 1) }));
  trainer.model.setWeights(
    weights.map(({ sizes, size }) => new Tensor("float32", sizes, new Float32Array(size).fill(0.01))),
  );
  trainer.compile({ loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }), optimizer: "sgd", seed: 1 });
  await trainer.fit(x, y, { ...quiet, batchSize: 2, epochs: 2 });
  return trainer;
}

const convolved = (image: SymbolicTensor) => conv2d(2, 3, { activation: "relu" })(image);

let warn: MockInstance<typeof console.warn>;
beforeEach(() => {
  warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("bytes are cast batch by batch, and train and predict as the same numbers in floats", async () => {
  const floats = bytes().cast("float32");
  const expected = await fitted(floats, convolved);
  const cast = vi.spyOn(Tensor.prototype, "cast");
  const trainer = await fitted(bytes(), convolved);
  expect(await weightsOf(trainer)).toEqual(await weightsOf(expected));
  expect(await trainer.predict(bytes(), { batchSize: 2 })).toEqual(await expected.predict(floats));
  const converted = cast.mock.contexts as Tensor[];
  const largest = converted.map(({ dtype, shape: [rows] }) => (dtype === "uint8" ? rows! : 0));
  expect(Math.max(...largest)).toBe(2);
});

describe("a model that multiplies images as files have them warns", () => {
  const text = "input 'x' gets images of whole numbers up to 255, and its first layer multiplies them as they are";

  test("once, and says what to do", async () => {
    const trainer = await fitted(bytes(), convolved);
    await trainer.fit(bytes(), y, quiet);
    expect(warn.mock.calls).toEqual([[expect.stringContaining(text)]]);
    expect(warn.mock.calls[0]![0]).toContain("rescaling(1 / 255)");
  });

  test.each<[string, (image: SymbolicTensor) => SymbolicTensor]>([
    ["of floats", (image) => conv2d(2, 3)(image)],
    ["behind a pooling", (image) => conv2d(2, 2)(maxPooling2d()(image))],
    ["of a Dense layer", (image) => dense(2)(flatten()(image))],
  ])("%s", async (_, build) => {
    await fitted(bytes().cast("float32"), build);
    expect(warn.mock.calls).toEqual([[expect.stringContaining(text)]]);
  });

  test("batch by batch, too", async () => {
    const trainer = trainerOf([4, 4, 1], (image) => dense(1)(flatten()(convolved(image))));
    trainer.compile({ loss: "mse", optimizer: "sgd" });
    await trainer.fit(() => [[bytes(), y] as const], quiet);
    expect(warn.mock.calls).toEqual([[expect.stringContaining(text)]]);
  });
});

describe("nobody is warned", () => {
  test.each<[string, Tensor, (image: SymbolicTensor) => SymbolicTensor]>([
    ["where a layer scales them", bytes(), (image) => convolved(rescaling(1 / 255)(image))],
    [
      "of fractions",
      new Tensor(
        "float32",
        [...shape],
        Float32Array.from(pixels(255), (p) => p / 255),
      ),
      convolved,
    ],
    ["of counts", bytes(31), convolved],
    [
      "of numbers above 255",
      new Tensor(
        "int32",
        [...shape],
        Int32Array.from(pixels(255), (p) => 300 + p),
      ),
      convolved,
    ],
    [
      "of negative numbers",
      new Tensor(
        "int32",
        [...shape],
        Int32Array.from(pixels(255), (p) => p - 128),
      ),
      convolved,
    ],
    ["of anything but images", bytes().reshape([6, 16]), (x) => dense(2)(x)],
    ["of what is looked up", bytes(), (codes) => embedding(256, 2)(flatten()(codes))],
  ])("%s", async (_, x, build) => {
    await fitted(x, build);
    expect(warn).not.toHaveBeenCalled();
  });

  test("who only evaluates", async () => {
    const trainer = trainerOf([4, 4, 1], (image) => dense(1)(flatten()(convolved(image))));
    trainer.compile({ loss: "mse" });
    await trainer.evaluate(bytes(), y, quiet);
    expect(warn).not.toHaveBeenCalled();
  });
});

test("losses and metrics are planned once for all batches that look alike", async () => {
  const trainer = trainerOf([4, 4, 1], (image) => dense(1)(flatten()(rescaling(1 / 255)(image))));
  let planned = 0;
  trainer.compile({
    loss: "mse",
    get metrics() {
      planned += 1;
      return ["mae"];
    },
  });
  const fitOn = async (batches: number) => {
    const before = planned;
    await trainer.fit(Array.from({ length: batches }, () => [bytes(), y] as const)[Symbol.iterator](), quiet);
    return planned - before;
  };
  expect(await fitOn(1)).toBe(await fitOn(5));
});
