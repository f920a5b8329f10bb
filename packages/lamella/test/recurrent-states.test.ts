import {
  bidirectional,
  concatenate,
  dense,
  gru,
  gruCell,
  input,
  loadModel,
  lstm,
  lstmCell,
  model,
  onnxruntime,
  reference,
  resetNames,
  rnn,
  setRandomSeed,
  simpleRnn,
  type SymbolicTensor,
  type Tensor,
  timeDistributed,
} from "lamella";
import { beforeEach, expect, expectTypeOf, test } from "vitest";

import { expectError, inFolder, numbers } from "./support.ts";

beforeEach(() => {
  resetNames();
  setRandomSeed(3);
});

function expectNear(actual: Tensor, expected: readonly number[]): void {
  const values = actual.toNumbers();
  expect(values).toHaveLength(expected.length);
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
}

const x = numbers("x", 2, 6, 3);
const both = { returnSequences: true, returnState: true } as const;
const steps = (from: number, to: number) => (x.toArray() as number[][][]).map((sequence) => sequence.slice(from, to));

test.each([
  ["simpleRnn", () => simpleRnn(4, both)],
  ["lstm", () => lstm(4, both)],
  ["gru", () => gru(4, both)],
  ["rnn", () => rnn([lstmCell(3), gruCell(4)], both)],
])("%s: a half that starts from the states of the first half ends as the whole does", async (_, make) => {
  const layer = make();
  const named = (name: string) => input({ shape: [null, 3], name });
  const inputs = [named("first"), named("second"), named("whole")] as const;
  const [, ...initialState] = layer(inputs[0]);
  const outputs = [...layer(inputs[1], { initialState }), ...layer(inputs[2])];
  await using net = model({ inputs, outputs });
  const results = (await net.predict({ first: steps(0, 3), second: steps(3, 6), whole: x })) as Tensor[];
  const half = results.length / 2;
  const whole = results[half]!.toArray() as number[][][];
  expectNear(results[0]!, whole.map((sequence) => sequence.slice(3)).flat(2));
  for (let i = 1; i < half; i++) expectNear(results[i]!, results[half + i]!.toNumbers());
});

test.each(["reference", "onnxruntime"])(
  "an encoder hands its states to a decoder, and both learn, on %s",
  async (name) => {
    const source = input({ shape: [null, 2], name: "source" });
    const target = input({ shape: [null, 2], name: "target" });
    const encoder = bidirectional(lstm(4, { returnState: true }));
    const [, forwardH, forwardC, backwardH, backwardC] = encoder(source);
    const initialState = [concatenate()([forwardH!, backwardH!]), concatenate()([forwardC!, backwardC!])];
    const decoded = lstm(8, { returnSequences: true })(target, { initialState });
    await using net = model({ inputs: [source, target], outputs: timeDistributed(dense(2))(decoded) });
    net.compile({ loss: "mse", optimizer: "adam", backend: name === "reference" ? reference() : onnxruntime() });
    const before = await net.getWeights();
    const data = numbers("sequences", 16, 4, 2);
    const { history } = await net.fit({ source: data, target: numbers("target", 16, 4, 2) }, data, {
      epochs: 5,
      batchSize: 8,
      verbose: 0,
    });
    expect(history["loss"]!.at(-1)).toBeLessThan(history["loss"]![0]!);
    for (const [i, weight] of (await net.getWeights()).entries()) expect(weight.data).not.toEqual(before[i]!.data);
    const other = { source: numbers("longer", 3, 7, 2), target: numbers("shorter", 3, 5, 2) };
    const predicted = await net.predict(other);
    expect(predicted.shape).toEqual([3, 5, 2]);

    await inFolder(async (at) => {
      await net.save(at("model.lamella"));
      await using again = await loadModel<"source" | "target">(at("model.lamella"));
      expectNear(await again.predict(other), predicted.toNumbers());
      expect(again.weights.map(({ path }) => path)).toEqual(net.weights.map(({ path }) => path));
    });
  },
);

test("types tell what gives several tensors", () => {
  const from = input({ shape: [4, 3] });
  expectTypeOf(lstm(2)).returns.toEqualTypeOf<SymbolicTensor>();
  expectTypeOf(lstm(2, { returnState: true })).returns.toEqualTypeOf<SymbolicTensor[]>();
  expectTypeOf(bidirectional(lstm(2))).returns.toEqualTypeOf<SymbolicTensor>();
  expectTypeOf(bidirectional(lstm(2, { returnState: true }))).returns.toEqualTypeOf<SymbolicTensor[]>();
  expectTypeOf(bidirectional(lstm(2), { mergeMode: null })).returns.toEqualTypeOf<SymbolicTensor[]>();
  expectTypeOf(lstmCell(2)).returns.toEqualTypeOf<SymbolicTensor[]>();
  expect(bidirectional(lstm(2), { mergeMode: null })(from)).toHaveLength(2);
  expect(bidirectional(lstm(2, { returnState: true }))(from)).toHaveLength(5);
  expect(lstmCell(2)(input({ shape: [3] }))).toHaveLength(3);
});

test("a stateful bidirectional layer goes on where it was, until resetStates", async () => {
  const from = input({ shape: [2, 3], batchSize: 2 });
  await using net = model({ inputs: from, outputs: bidirectional(gru(2, { stateful: true }))(from) });
  const first = await net.predict(steps(0, 2));
  expect((await net.predict(steps(0, 2))).data).not.toEqual(first.data);
  net.resetStates();
  expect((await net.predict(steps(0, 2))).data).toEqual(first.data);
});

test("what does not fit is refused", async () => {
  const from = input({ shape: [null, 3] });
  const h = input({ shape: [2] });
  await expectError(() => lstm(2, { unroll: true })(from), "shape", "cannot be unrolled", "leave unroll out");
  await expectError(() => lstm(2, { stateful: true })(from), "shape", "batch size", "batchSize");
  await expectError(() => lstm(2)(h), "shape", "rank 3");
  await expectError(() => lstm(2)(from, { initialState: [h] }), "shape", "number of initial states");
  await expectError(() => gru(2)(from, { initialState: [h, h] }), "shape", "number of initial states", "Expected: 1");
  await expectError(() => gru(3)(from, { initialState: [h] }), "shape", "initial state does not fit", "(batch, 3)");
});
