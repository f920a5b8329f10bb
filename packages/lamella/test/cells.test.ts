import { Add, MatMul, Mul, Tanh } from "@lamella/ir";
import {
  type Backend,
  bidirectional,
  catalogue,
  defineCell,
  dense,
  fields,
  gruCell,
  input,
  loadModel,
  model,
  onnxruntime,
  reference,
  resetNames,
  rnn,
  setRandomSeed,
  stackedRnnCells,
  type Tensor,
} from "lamella";
import { beforeEach, describe, expect, test } from "vitest";

import { expectError, inFolder, numbers } from "./support.ts";

beforeEach(() => {
  resetNames();
  setRandomSeed(3);
});

/** h' = x + rate h; gives h' too. */
const decayCell = defineCell({
  type: "DecayCell",
  fields: { rate: fields.number() },
  positional: ["rate"],
  cell: ({ config }, sequence) => ({
    stateShapes: [sequence.shape.slice(2)],
    scanned: [sequence],
    step: ({ states: [h], scanned: [x] }) => [Add(x!, Mul(h!, config.rate))],
  }),
});

/** Two states of different sizes, and an output that is neither of them. */
const oddCell = defineCell({
  type: "OddCell",
  fields: { units: fields.integer({ min: 1 }) },
  positional: ["units"],
  cell(context, sequence) {
    const { units } = context.config;
    const features = sequence.shape[2]!;
    const kernel = context.weight("kernel", [features, units]);
    const mix = context.weight("mix", [units, 1]);
    return {
      stateShapes: [[units], [1]],
      outputShape: [1],
      scanned: [MatMul(sequence, kernel)],
      invariants: [mix],
      step({ states: [h, total], scanned: [x], invariants: [weight] }) {
        const next = Tanh(Add(x!, h!));
        const mixed = MatMul(next, weight!);
        return [next, Add(total!, mixed), Mul(mixed, 10)];
      },
    };
  },
});

/** The same by hand. */
function oddByHand(x: readonly (readonly number[])[], kernel: number[][], mix: number[][], keep: readonly boolean[]) {
  let h = mix.map(() => 0);
  let total = 0;
  let output = 0;
  const outputs = x.map((features, t) => {
    if (keep[t]) {
      h = h.map((old, i) => Math.tanh(old + features.reduce((sum, value, f) => sum + value * kernel[f]![i]!, 0)));
      const mixed = h.reduce((sum, value, i) => sum + value * mix[i]![0]!, 0);
      total += mixed;
      output = 10 * mixed;
    }
    return output;
  });
  return { outputs, h, total };
}

const backends: Record<string, () => Backend> = { reference, onnxruntime };

describe.each(Object.keys(backends))("a cell of one's own on %s", (name) => {
  const backend = backends[name]!;

  test.each([{ unroll: false }, { unroll: true }])("gives what it should, %o", async (options) => {
    const x = numbers("odd", 2, 4, 3);
    const keep = [
      [true, true, false, true],
      [false, true, true, false],
    ];
    const from = input({ shape: [4, 3], name: "x" });
    const mask = input({ shape: [4], dtype: "bool", name: "mask" });
    const layer = rnn(oddCell(2), { returnSequences: true, returnState: true, ...options });
    const last = rnn(oddCell(2), options);
    const outputs = [...layer(from, { mask }), last(from)] as const;
    await using net = model({ inputs: [from, mask], outputs });
    net.compile({ loss: "mse", backend: backend() });
    last.setWeights(await layer.getWeights());
    const [kernel, mix] = (await layer.getWeights()).map((weight) => weight.toArray() as number[][]);
    const results = (await net.predict({ x, mask: keep })) as Tensor[];
    for (const [i, sequence] of (x.toArray() as number[][][]).entries()) {
      const masked = oddByHand(sequence, kernel!, mix!, keep[i]!);
      const own = results.map((tensor) => (tensor.toArray() as number[][])[i]!);
      const expected = [masked.outputs, masked.h, [masked.total]];
      expected.push([
        oddByHand(
          sequence,
          kernel!,
          mix!,
          sequence.map(() => true),
        ).outputs.at(-1)!,
      ]);
      for (const [k, values] of expected.entries()) {
        for (const [j, value] of values.entries()) expect(own[k]!.flat()[j]).toBeCloseTo(value, 5);
      }
    }
  });

  test("trains in a stack, in both directions, and comes back from a file", async () => {
    const from = input({ shape: [null, 3] });
    const layer = bidirectional(rnn([gruCell(2), oddCell(3), decayCell(0.5)]));
    await using net = model({ inputs: from, outputs: dense(1)(layer(from)) });
    net.compile({ loss: "mse", optimizer: "adam", backend: backend() });
    const before = await net.getWeights();
    const x = numbers("stack", 8, 5, 3);
    const { history } = await net.fit(x, numbers("y", 8, 1), { epochs: 4, verbose: 0 });
    expect(history["loss"]!.at(-1)).toBeLessThan(history["loss"]![0]!);
    for (const [i, weight] of (await net.getWeights()).entries()) expect(weight.data).not.toEqual(before[i]!.data);
    expect(net.weights.map(({ path }) => path)).toContain("bidirectional/backward_rnn/stacked_rnn_cells/odd_cell/mix");
    const expected = await net.predict(x);
    await inFolder(async (at) => {
      await net.save(at("own.lamella"));
      await expectError(() => loadModel(at("own.lamella")), "unknown-layer", "OddCell", "DecayCell");
      await using again = await loadModel(at("own.lamella"), { layers: [...catalogue, oddCell, decayCell] });
      for (const [i, value] of (await again.predict(x)).toNumbers().entries()) {
        expect(value).toBeCloseTo(expected.toNumbers()[i]!, 4);
      }
    });
  });
});

test("a cell called by itself is one step, from zeros unless it is given states", async () => {
  const from = input({ shape: [2], name: "x" });
  const h = input({ shape: [2], name: "h" });
  const cell = stackedRnnCells([decayCell(0.5), decayCell(2)]);
  const outputs = [...cell(from), ...cell(from, { states: [h, h] })];
  await using net = model({ inputs: [from, h], outputs });
  const results = (await net.predict({ x: [[1, 2]], h: [[4, 8]] })) as Tensor[];
  expect(results.map((tensor) => tensor.toNumbers())).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
    [11, 22],
    [3, 6],
    [11, 22],
  ]);
});

test("only cells go into rnn and stackedRnnCells", async () => {
  await expectError(() => rnn(dense(2)), "config", "not a cell", "defineCell");
  await expectError(() => rnn([gruCell(1), dense(2)]), "config", "not a cell", "(Dense)");
  await expectError(() => rnn("gru" as never), "config", "a layer");
});
