import {
  convLstm2d,
  gru,
  input,
  type Layer,
  lstm,
  model,
  reference,
  resetNames,
  setRandomSeed,
  simpleRnn,
  type SymbolicTensor,
  Tensor,
} from "lamella";
import { beforeEach, expect, test } from "vitest";

beforeEach(() => {
  resetNames();
  setRandomSeed(3);
});

type Matrix = readonly (readonly number[])[];
const width = 200;
const times = (count: number, value: number) => Array.from({ length: count }, () => value);
/** Identity matrices and zeros side by side. */
const blocksOf = (...blocks: readonly (0 | 1)[]): Matrix =>
  Array.from({ length: width }, (_, i) =>
    blocks.flatMap((block) => times(width, 0).map((__, j) => (i === j ? block : 0))),
  );
const linear = { activation: "linear", recurrentActivation: "linear", returnSequences: true } as const;

/** What a layer makes of ones, step by step. */
async function onOnes(layer: Layer, weights: readonly unknown[], steps: number, training = true): Promise<Matrix> {
  const from = input({ batchShape: [1, steps, width] });
  const output: SymbolicTensor = layer(from, { training });
  layer.setWeights(weights as never);
  await using net = model({ inputs: from, outputs: output });
  net.compile({ loss: "mse", backend: reference() });
  const [sequence] = (
    await net.predict([Array.from({ length: steps }, () => times(width, 1))])
  ).toArray() as number[][][];
  return sequence!;
}

const shareOf = (values: readonly number[], value: number) =>
  values.filter((item) => Math.abs(item - value) < 1e-5).length / values.length;

/** Five standard deviations of a share. */
function expectShare(values: readonly number[], value: number, share: number): void {
  const deviation = Math.sqrt((share * (1 - share)) / values.length);
  expect(Math.abs(shareOf(values, value) - share)).toBeLessThan(5 * deviation);
}

test("dropout drops the same inputs at every step, and scales the rest up", async () => {
  const layer = simpleRnn(width, { activation: "linear", dropout: 0.3, returnSequences: true, useBias: false });
  const [first, second] = await onOnes(layer, [blocksOf(1), blocksOf(0)], 2);
  expectShare(first!, 0, 0.3);
  expectShare(first!, 1 / 0.7, 0.7);
  expect(second).toEqual(first);
});

test("recurrentDropout drops the same states at every step", async () => {
  const layer = simpleRnn(width, {
    activation: "linear",
    recurrentDropout: 0.3,
    returnSequences: true,
    useBias: false,
  });
  const [first, second, third] = await onOnes(layer, [blocksOf(1), blocksOf(1)], 3);
  expect(shareOf(first!, 1)).toBe(1);
  expectShare(second!, 1, 0.3);
  expectShare(second!, 1 + 1 / 0.7, 0.7);
  for (const [i, value] of second!.entries()) {
    expect(third![i]).toBeCloseTo(1 + (value - 1) * value, 4);
  }
});

test("nothing is dropped at inference, nor by a rate of 1 in lstm and gru, as in Keras", async () => {
  const plain = { activation: "linear", returnSequences: true, useBias: false } as const;
  const layer = simpleRnn(width, { ...plain, dropout: 0.5, recurrentDropout: 0.5 });
  expect(shareOf((await onOnes(layer, [blocksOf(1), blocksOf(0)], 1, false))[0]!, 1)).toBe(1);
  const all = simpleRnn(width, { ...plain, dropout: 1 });
  expect(shareOf((await onOnes(all, [blocksOf(1), blocksOf(0)], 1))[0]!, 0)).toBe(1);
  const ungated = lstm(width, { ...linear, dropout: 1, useBias: false });
  expect(shareOf((await onOnes(ungated, [blocksOf(1, 0, 1, 1), blocksOf(0, 0, 0, 0)], 1))[0]!, 1)).toBe(1);
});

/** Zeros in the first output of an LSTM that gives (its input gate) x (its candidate), both equal to the input. */
async function lstmZeros(options: Parameters<typeof lstm>[1]): Promise<number[]> {
  const bias = [...times(3 * width, 0), ...times(width, 1)];
  const layer = lstm(width, { ...linear, ...options } as typeof linear);
  return [...(await onOnes(layer, [blocksOf(1, 0, 1, 0), blocksOf(0, 0, 0, 0), bias], 1))[0]!];
}

test("the gates of an lstm share a pattern, until states are dropped or implementation is 1", async () => {
  expectShare(await lstmZeros({ dropout: 0.4 }), 0, 0.4);
  expectShare(await lstmZeros({ dropout: 0.4, implementation: 1 }), 0, 1 - 0.6 ** 2);
  expectShare(await lstmZeros({ dropout: 0.4, recurrentDropout: 0.1 }), 0, 1 - 0.6 ** 2);
});

test("every gate of an lstm drops states of its own", async () => {
  // c1 = 1; h1 = 1; c2 = 1 + i2 with i2 the dropped h1 through the input gate, times a candidate of 1.
  const layer = lstm(width, { ...linear, recurrentDropout: 0.4, useBias: true });
  const bias = [...times(width, 0), ...times(3 * width, 1)];
  const weights = [blocksOf(0, 0, 0, 0), blocksOf(1, 0, 1, 0), bias];
  const kernelled = [blocksOf(1, 0, 0, 0), weights[1], bias];
  const [first, second] = await onOnes(layer, kernelled, 2);
  expect(shareOf(first!, 1)).toBe(1);
  const kept = 1 / 0.6;
  // 1 + (1 + m_i)(1 + m_c), where each of the two is dropped or kept on its own.
  expectShare(second!, 2, 0.4 ** 2);
  expectShare(second!, 1 + (1 + kept), 2 * 0.4 * 0.6);
  expectShare(second!, 1 + (1 + kept) ** 2, 0.6 ** 2);
});

test.each([true, false])("gru drops inputs and states, with resetAfter %s", async (resetAfter) => {
  // The update gate is 0, the reset gate 1: the new state is the candidate.
  const bias = [...times(width, 0), ...times(width, 1), ...times(width, 0)];
  const layer = gru(width, { ...linear, dropout: 0.2, recurrentDropout: 0.4, resetAfter });
  const biases = resetAfter ? [bias, times(3 * width, 0)] : bias;
  const [first, second] = await onOnes(layer, [blocksOf(0, 0, 1), blocksOf(0, 0, 1), biases], 2);
  expectShare(first!, 0, 0.2);
  expectShare(first!, 1 / 0.8, 0.8);
  const alive = second!.filter((_, i) => first![i]! > 0);
  expectShare(alive, 1 / 0.8, 0.4);
  expectShare(alive, 1 / 0.8 + 1 / 0.8 / 0.6, 0.6);
});

test("convLstm2d drops pixels of its input for every gate", async () => {
  const from = input({ batchShape: [1, 1, 20, 20, 1] });
  const layer = convLstm2d(1, 1, { activation: "linear", recurrentActivation: "linear", dropout: 0.4 });
  const output = layer(from, { training: true });
  layer.setWeights([[[[[1, 0, 1, 0]]]], [[[[0, 0, 0, 0]]]], [0, 0, 0, 1]]);
  await using net = model({ inputs: from, outputs: output });
  net.compile({ loss: "mse", backend: reference() });
  const ones = new Tensor("float32", [1, 1, 20, 20, 1], new Float32Array(400).fill(1));
  const values = (await net.predict(ones)).toNumbers();
  expectShare(values, 0, 1 - 0.6 ** 2);
  expectShare(values, 1 / 0.36, 0.36);
});
