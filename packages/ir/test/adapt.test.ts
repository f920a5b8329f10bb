import { type AnyLayer, discretization, integerLookup, normalization, type Tensor, tensor } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { expectError } from "./expect-error.ts";

/** 0, step, 2 step, ... modulo 97. */
function sequence(length: number, step: number, shape: readonly number[] = [length]): Tensor {
  return tensor(
    Float32Array.from({ length }, (_, i) => (i * step) % 97),
    shape,
  );
}

async function values(layer: AnyLayer): Promise<number[][]> {
  return (await layer.getWeights()).map((weight) => weight.toNumbers());
}

// Expected numbers: Keras 3.15.1.
describe("Normalization", () => {
  const data = sequence(24, 31, [2, 3, 4]);

  test("keeps statistics along the axes that it names", async () => {
    const layer = normalization({ axis: [1, -1] });
    layer.adapt(data);
    const [mean, variance, count] = await values(layer);
    expect(mean).toEqual([40.5, 23, 54, 85, 19, 50, 81, 15, 46, 77, 11, 42]);
    expect(variance).toEqual([1640.25, ...Array<number>(11).fill(64)]);
    expect(count).toEqual([0]);
  });

  test("adds up batches", async () => {
    const layer = normalization();
    layer.adapt([data.rows(0, 1), data.rows(1, 2), data]);
    const [mean, variance] = await values(layer);
    expect(mean).toEqual([35.166666, 50, 48.666668, 47.333332].map((value) => expect.closeTo(value, 5)));
    expect(variance).toEqual([725.13892, 550, 894.88886, 894.88892].map((value) => expect.closeTo(value, 3)));
  });

  test("weighs batches by their sizes", async () => {
    const layer = normalization({ axis: null });
    layer.adapt([tensor([1, 2, 3, 4, 5]), tensor([6]), tensor([9, 18])]);
    const [mean, variance] = await values(layer);
    expect(mean).toEqual([6]);
    expect(variance).toEqual([26]);
  });

  test("takes nested arrays, and may be adapted again", async () => {
    const layer = normalization({ axis: null });
    layer.adapt([
      [1, 2],
      [3, 4],
    ]);
    layer.adapt([[10, 20]]);
    const [mean, variance] = await values(layer);
    expect(mean).toEqual([15]);
    expect(variance).toEqual([25]);
  });

  test("refuses nothing, and what it has been given", () => {
    expectError(() => normalization().adapt([]), "data", "nothing to adapt to");
    expectError(() => normalization({ mean: 1, variance: 2 }).adapt([1]), "state", "has been given");
  });
});

describe("Discretization", () => {
  test.for<[number, number, readonly Tensor[], readonly number[]]>([
    [4, 0.01, [sequence(24, 31)], [19, 42, 69]],
    [5, 0.01, [sequence(24, 31)], [14.2, 32.8, 51.6, 73.8]],
    [3, 0.1, [sequence(300, 31)], [31.33333, 63.999996]],
    [4, 0.05, [sequence(90, 31), sequence(50, 17)], [23, 46.999996, 70.3106]],
    [7, 0.01, [sequence(500, 31)], [13.285705, 27, 40.85713, 55.142845, 68.428566, 82.714287]],
    [1, 0.01, [sequence(10, 31)], []],
  ])("finds %d bins to within %d", ([numBins, epsilon, batches, expected]) => {
    const layer = discretization({ numBins, epsilon });
    layer.adapt(batches);
    expect(layer.config["binBoundaries"]).toEqual(expected.map((value) => expect.closeTo(value, 4)));
  });

  test("has its boundaries in its configuration", () => {
    const layer = discretization({ numBins: 2 });
    layer.adapt(tensor([1, 2, 3, 4]));
    expect(layer.getConfig()).toMatchObject({ numBins: 2, binBoundaries: [2] });
  });

  test("is not adapted to boundaries that it has been given", () => {
    expectError(() => discretization({ binBoundaries: [1] }).adapt([1, 2]), "state", "has been given");
  });
});

describe("IntegerLookup", () => {
  const data = [
    [12, 1138, 42],
    [42, 1000, 36],
    [36, 7, 7],
    [0, -1, 7],
  ];

  test("collects the tokens by how often they occur", () => {
    const layer = integerLookup();
    layer.adapt(data);
    expect(layer.config["vocabulary"]).toEqual([7, 42, 36, 1138, 1000, 12, 0]);
  });

  test("keeps as many as there is place for, and no special ones", () => {
    const layer = integerLookup({ maxTokens: 5, maskToken: 0 });
    layer.adapt(data);
    expect(layer.config["vocabulary"]).toEqual([7, 42, 36]);
  });

  test("weighs tokens by how rare they are", () => {
    const layer = integerLookup({ outputMode: "tfIdf" });
    layer.adapt(data);
    const [often, once] = [0.8472978, 1.0986123];
    const weights = [often, often, often, once, once, once, once];
    expect(layer.config["idfWeights"]).toEqual(weights.map((value) => expect.closeTo(value, 6)));
  });

  test.for<[string, readonly Tensor[], number]>([
    ["a list is a column of documents", [tensor([12, 1138, 42])], 0.9162907],
    ["lists are one document each", [tensor([12, 1138, 42]), tensor([0, -1, 7])], Math.log(2)],
  ])("%s", ([, batches, weight]) => {
    const layer = integerLookup({ outputMode: "tfIdf" });
    layer.adapt(batches);
    expect(layer.config["idfWeights"]).toContainEqual(expect.closeTo(weight, 6));
  });

  test("is not adapted to a vocabulary that it has been given", () => {
    expectError(() => integerLookup({ vocabulary: [1] }).adapt([1, 2]), "state", "has been given");
  });
});
