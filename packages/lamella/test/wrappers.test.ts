import {
  batchNormalization,
  bidirectional,
  conv2d,
  dense,
  dropout,
  flatten,
  gru,
  input,
  loadModel,
  lstm,
  model,
  resetNames,
  setRandomSeed,
  Tensor,
  timeDistributed,
} from "lamella";
import { beforeEach, describe, expect, test } from "vitest";

import { expectError, inFolder, numbers } from "./support.ts";

beforeEach(() => {
  resetNames();
  setRandomSeed(3);
});

describe("timeDistributed", () => {
  test("a whole model on every image of a film", async () => {
    const image = input({ shape: [4, 4, 1], name: "image" });
    const eye = model({
      inputs: image,
      outputs: dense(3)(flatten()(conv2d(2, 3, { activation: "relu" })(image))),
      name: "eye",
    });
    const film = input({ shape: [null, 4, 4, 1], name: "film" });
    await using net = model({ inputs: film, outputs: timeDistributed(eye)(film) });
    const x = numbers("film", 2, 3, 4, 4, 1);
    const together = await net.predict(x);
    const apart = await eye.predict(x.reshape([6, 4, 4, 1]));
    expect(together.shape).toEqual([2, 3, 3]);
    expect(together.data).toEqual(apart.data);
    await inFolder(async (at) => {
      await net.save(at("film.lamella"));
      await using again = await loadModel(at("film.lamella"));
      expect((await again.predict(x)).data).toEqual(together.data);
    });
  });

  test("takes images of whole numbers, as the layer within would", async () => {
    const film = input({ shape: [null, 3, 3, 1], dtype: "uint8" });
    const image = input({ shape: [3, 3, 1], dtype: "uint8" });
    const layer = conv2d(2, 2);
    await using apart = model({ inputs: image, outputs: layer(image) });
    await using together = model({ inputs: film, outputs: timeDistributed(layer)(film) });
    const frames = new Tensor(
      "uint8",
      [1, 2, 3, 3, 1],
      Uint8Array.from({ length: 18 }, (_, i) => 14 * i),
    );
    expect((await together.predict(frames)).data).toEqual((await apart.predict(frames.reshape([2, 3, 3, 1]))).data);
  });

  test("drops something else at every step", async () => {
    const from = input({ batchShape: [1, 2, 200] });
    await using net = model({ inputs: from, outputs: timeDistributed(dropout(0.5))(from, { training: true }) });
    const ones = new Tensor("float32", [1, 2, 200], new Float32Array(400).fill(1));
    const [[first, second]] = (await net.predict(ones)).toArray() as [[number[], number[]]];
    expect(first).not.toEqual(second);
  });

  test("a layer that changes from step to step needs a known number of steps to train", async () => {
    const from = input({ shape: [null, 3] });
    const layer = timeDistributed(batchNormalization());
    layer(from);
    await expectError(() => layer(from, { training: true }), "shape", "changes from step to step", "a number of steps");
  });

  test("what does not fit is refused", async () => {
    await expectError(() => timeDistributed(dense(1))(input({ shape: [3] })), "shape", "rank 3 or more");
    const apart = timeDistributed(bidirectional(gru(1), { mergeMode: null }));
    await expectError(() => apart(input({ shape: [2, 3, 1] })), "config", "several outputs");
    const x = input({ shape: [3, 2] });
    const mask = input({ shape: [4], dtype: "bool" });
    await expectError(() => timeDistributed(dense(1))(x, { mask }), "shape", "mask does not fit");
    await expectError(() => timeDistributed("dense" as never), "config", "a layer");
  });
});

describe("bidirectional", () => {
  test("copies the layers that it is given", async () => {
    const layer = lstm(2);
    const from = input({ shape: [3, 2] });
    const wrapper = bidirectional(layer);
    wrapper(from);
    expect(layer.weights).toHaveLength(0);
    expect(wrapper.weights).toHaveLength(6);
    expect(layer.built).toBe(false);
  });

  test("frozen, it stays frozen through a file", async () => {
    const from = input({ shape: [3, 2] });
    const wrapper = bidirectional(gru(2), { backwardLayer: gru(2, { goBackwards: true }) });
    await using stack = model({ inputs: from, outputs: dense(1)(wrapper(from)) });
    wrapper.trainable = false;
    expect(wrapper.trainableWeights).toHaveLength(0);
    await inFolder(async (at) => {
      await stack.save(at("frozen.lamella"));
      const again = await loadModel(at("frozen.lamella"));
      expect(again.trainableWeights.map(({ path }) => path.split("/").at(-1))).toEqual(["kernel", "bias"]);
      again.layers.find(({ type }) => type === "Bidirectional")!.trainable = true;
      expect(again.trainableWeights).toHaveLength(8);
    });
  });

  test("what does not fit is refused", async () => {
    const backwards = { goBackwards: true } as const;
    await expectError(() => bidirectional(dense(2) as never), "config", "not recurrent");
    await expectError(() => bidirectional(gru(2), { backwardLayer: gru(2) }), "config", "same direction");
    await expectError(() => bidirectional(gru(2, backwards)), "config", "same direction");
    const sequences = gru(2, { ...backwards, returnSequences: true });
    await expectError(() => bidirectional(gru(2), { backwardLayer: sequences }), "config", "returnSequences");
    await expectError(() => bidirectional(gru(2), { mergeMode: "join" as never }), "name", "join");
  });
});
