import {
  catalogue,
  categoryEncoding,
  discretization,
  embedding,
  exportOnnx,
  flatten,
  hashing,
  identity,
  input,
  integerLookup,
  type Layer,
  loadModel,
  model,
  normalization,
  onnxruntime,
  randomContrast,
  randomCrop,
  randomFlip,
  reference,
  resetNames,
  reshape,
  resizing,
  sequential,
  setRandomSeed,
  sgd,
  tensor,
  Tensor,
} from "lamella";
import { beforeEach, describe, expect, test } from "vitest";

import { expectError, inFolder, numbers } from "./support.ts";

beforeEach(() => {
  resetNames();
  setRandomSeed(3);
});

/** What a layer gives for numbers. */
async function apply(layer: Layer, x: Tensor, training = false): Promise<Tensor> {
  const source = input({ shape: x.shape.slice(1), dtype: x.dtype });
  await using built = model({ inputs: source, outputs: layer(source, { training }) });
  built.compile({ loss: "mse", backend: reference() });
  return built.predict(x);
}

describe("adapted layers", () => {
  test("a normalization gives mean 0 and variance 1, and again after other data", async () => {
    const layer = normalization({ inputShape: [2] });
    await using net = sequential([layer]);
    net.compile({ loss: "mse", backend: reference() });
    layer.adapt(tensor([1, 30, 3, 10], [2, 2]));
    expect((await net.predict(tensor([1, 30, 3, 10], [2, 2]))).toArray()).toEqual([
      [-1, 1],
      [1, -1],
    ]);
    layer.adapt([tensor([5, 0], [1, 2]), tensor([9, 8], [1, 2])]);
    expect((await net.predict(tensor([9, 8], [1, 2]))).toArray()).toEqual([[1, 1]]);
  });

  test("what they learnt is saved", async () => {
    const values = tensor([0.5, 1, 7, 3, 8, 2, 9, 11]);
    const layers = [discretization({ numBins: 3, inputShape: [2] }), normalization()];
    layers[0]!.adapt(values);
    layers[1]!.adapt(tensor([0, 2, 1, 1], [2, 2]));
    await using net = sequential(layers);
    net.compile({ loss: "mse", backend: reference() });
    const before = (await net.predict(values.reshape([4, 2]))).toNumbers();
    expect(new Set(before).size).toBeGreaterThan(2);
    await inFolder(async (at) => {
      await net.save(at("net.lamella"));
      await using loaded = await loadModel(at("net.lamella"), { layers: catalogue });
      loaded.compile({ loss: "mse", backend: reference() });
      expect((await loaded.predict(values.reshape([4, 2]))).toNumbers()).toEqual(before);
    });
  });

  test("a vocabulary is learnt before the layer is called", async () => {
    const layer = integerLookup();
    const words = tensor([4, 4, 4, 9, 9, 1], [2, 3], "int32");
    await expectError(() => layer(input({ shape: [3], dtype: "int32" })), "config", "no vocabulary", "adapt");
    layer.adapt(words);
    expect((await apply(layer, words)).toNumbers()).toEqual([1, 1, 1, 2, 2, 3]);
    await expectError(() => layer.adapt(words), "state", "has been given its vocabulary");
  });

  test("a layer that has been called keeps its bins", async () => {
    const layer = discretization({ numBins: 2, binBoundaries: [1] });
    layer(input({ shape: [2] }));
    await expectError(() => layer.adapt([1, 2, 3]), "state", "has been called", "before it is called");
  });

  test("data of another shape, and layers that learn nothing, are refused", async () => {
    const layer = normalization();
    layer(input({ shape: [2] }));
    await expectError(() => layer.adapt(tensor([1, 2, 3], [1, 3])), "shape", "normalization");
    await expectError(() => resizing(2, 2).adapt([1]), "state", "learns nothing");
  });
});

describe("what the host does before a model runs", () => {
  const ids = tensor([1, 22, 333, -4444, 55555, 1234567], [6, 1], "int32");
  const build = () => {
    const source = input({ shape: [1], dtype: "int32" });
    return model({ inputs: source, outputs: flatten()(embedding(8, 1)(hashing(8)(source))) });
  };

  test("is done for training, evaluation and prediction, in nested models too", async () => {
    const inner = build();
    const source = input({ shape: [1], dtype: "int32" });
    await using net = model({ inputs: source, outputs: inner(source) });
    net.compile({ loss: "mse", optimizer: sgd({ learningRate: 1 }), backend: onnxruntime() });
    const bins = (await apply(hashing(8), ids)).toNumbers();
    const targets = Float32Array.from(bins, (bin) => bin / 8);
    await net.fit(ids, targets, { epochs: 60, batchSize: 6, verbose: 0 });
    expect((await net.evaluate(ids, targets, { verbose: 0 }))["loss"]).toBeLessThan(1e-8);
    const found = (await net.predict(ids)).toNumbers();
    expect(found).toEqual([...targets].map((value) => expect.closeTo(value, 4)));
  });

  const wide = [
    0n,
    -7n,
    12n,
    -123n,
    1234n,
    -123456n,
    1234567n,
    12345678n,
    -123456789n,
    123456789012n,
    -12345678901234n,
    123456789012345n,
    1234567890123456n,
    -1234567890123456n,
    123456789012345678n,
    -1234567890123456789n,
    9223372036854775807n,
    -9223372036854775808n,
  ];

  // Expected numbers: Keras 3.15.1.
  test.for<[string, readonly [number, number] | null, readonly number[]]>([
    [
      "FarmHash64",
      null,
      [
        537292, 985360, 477529, 991494, 755216, 216272, 22860, 470335, 361909, 20301, 287716, 926500, 857634, 438067,
        325472, 225514, 121738, 400334,
      ],
    ],
    [
      "SipHash64",
      [1, -2],
      [
        643668, 507634, 349112, 313412, 411890, 70553, 368104, 726189, 998386, 20157, 813820, 899795, 767550, 5817,
        663033, 154669, 378281, 832578,
      ],
    ],
  ])("%s of numbers of all lengths", async ([, salt, expected]) => {
    const values = new Tensor("int64", [wide.length, 1], BigInt64Array.from(wide));
    expect((await apply(hashing(1000003, { salt }), values)).toNumbers()).toEqual(expected);
  });

  test("takes inputs of the model alone", async () => {
    const source = input({ shape: [1], dtype: "int32" });
    const computed = identity()(source);
    await expectError(() => hashing(4)(reshape([1])(computed)), "graph", "an input of the model");
    const inner = build();
    await expectError(() => inner(reshape([1])(computed)), "graph", "an input of the model");
  });

  test("is nothing that ONNX can say", async () => {
    await inFolder(async (at) => {
      await expectError(() => exportOnnx(build(), at("net.onnx")), "unsupported", "before the model runs", "hashing");
    });
  });
});

describe("options that contradict each other", () => {
  const source = () => input({ shape: [2], dtype: "int32" });
  test.for<[string, () => unknown, string]>([
    ["one statistic", () => normalization({ mean: 1 })(source()), "given together"],
    ["two shapes", () => normalization({ mean: [1, 2], variance: 3 })(source()), "one shape"],
    ["too many axes", () => normalization({ mean: [[1, 2]], variance: [[1, 2]] })(source()), "at most 1 axes"],
    ["no bins", () => discretization()(source()), "binBoundaries"],
    ["descending bins", () => discretization({ binBoundaries: [2, 1] }), "ascending"],
    ["sparse output", () => categoryEncoding(2, { sparse: true }), "no sparse tensors"],
    [
      "inverse one-hot",
      () => integerLookup({ vocabulary: [1], invert: true, outputMode: "oneHot" })(source()),
      "'int'",
    ],
    ["a repeated token", () => integerLookup({ vocabulary: [1, 2, 1] })(source()), "1 more than once"],
    [
      "a mask among the tokens",
      () => integerLookup({ vocabulary: [1, 2], maskToken: 2 })(source()),
      "reserved token 2",
    ],
    ["too many tokens", () => integerLookup({ vocabulary: [1, 2, 3], maxTokens: 3 })(source()), "larger than"],
    ["weights for nothing", () => integerLookup({ vocabulary: [1], idfWeights: [1] })(source()), "'tfIdf'"],
    ["too few weights", () => integerLookup({ vocabulary: [1], outputMode: "tfIdf" })(source()), "'idfWeights'"],
    ["a salt for no hash", () => integerLookup({ vocabulary: [1], salt: 3 })(source()), "'farmhash'"],
    ["three salts", () => hashing(2, { salt: [1, 2, 3] as unknown as number }), "two of them"],
    ["contrast below 0", () => randomContrast(-0.1), "from 0 to 1"],
  ])("%s", ([, work, text]) => expectError(work, "config", text));
});

/** The images of a batch as text. */
function images(batch: Tensor): string[] {
  return Array.from({ length: batch.shape[0]! }, (_, i) =>
    batch
      .rows(i, i + 1)
      .toNumbers()
      .join(),
  );
}

describe("random images", () => {
  test.for<[string, "horizontal" | "vertical" | "horizontalAndVertical", readonly number[]]>([
    ["left and right", "horizontal", [2, 1, 4, 3]],
    ["top and bottom", "vertical", [3, 4, 1, 2]],
    ["both or neither", "horizontalAndVertical", [4, 3, 2, 1]],
  ])("half of them are flipped: %s", async ([, mode, flipped]) => {
    const count = 400;
    const batch = tensor(
      Float32Array.from({ length: 4 * count }, (_, i) => 1 + (i % 4)),
      [count, 2, 2, 1],
    );
    const found = images(await apply(randomFlip({ mode, seed: 1 }), batch, true));
    expect(new Set(found)).toEqual(new Set(["1,2,3,4", flipped.join()]));
    const share = found.filter((image) => image === "1,2,3,4").length / count;
    expect(Math.abs(share - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / count));
    expect(images(await apply(randomFlip({ mode }), batch))).toEqual(images(batch));
  });

  test("a random crop is one window for the batch, and every window comes", async () => {
    const batch = tensor(
      Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => i),
      [2, 3, 4, 1],
    );
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 120; seed++) {
      const [first, second] = images(await apply(randomCrop(2, 2, { seed }), batch, true));
      expect(second).toBe(
        first!
          .split(",")
          .map((value) => Number(value) + 12)
          .join(),
      );
      counts.set(first!, (counts.get(first!) ?? 0) + 1);
    }
    const corners = [0, 1, 2, 4, 5, 6];
    expect(new Set(counts.keys())).toEqual(new Set(corners.map((at) => [at, at + 1, at + 4, at + 5].join())));
    expect(Math.min(...counts.values())).toBeGreaterThan(5);
  });

  test("outside training a crop is the largest part of that ratio, resized", async () => {
    const batch = numbers("images", 2, 4, 7, 3);
    for (const [height, width] of [
      [2, 3],
      [6, 6],
      [4, 2],
    ] as const) {
      const expected = await apply(resizing(height, width, { cropToAspectRatio: true }), batch);
      expect((await apply(randomCrop(height, width), batch)).toNumbers()).toEqual(expected.toNumbers());
    }
  });
});
