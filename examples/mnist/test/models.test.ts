import { adam, setRandomSeed } from "lamella";
import { beforeAll, describe, expect, test } from "vitest";

import { digits, type Part, pick } from "../src/data.ts";
import { transfer } from "../src/feature-extractor.ts";
import { inceptionNet } from "../src/inception.ts";
import { residualNet } from "../src/residual.ts";
import { pairsOf, siameseNet } from "../src/siamese.ts";

const quiet = { verbose: 0, batchSize: 64 } as const;
let train: Part;
let test1000: Part;

beforeAll(async () => {
  setRandomSeed(1);
  ({ train, test: test1000 } = await digits(3000, 1000));
});

describe("learn real digits", { timeout: 180_000 }, () => {
  test.each([
    ["the residual network", residualNet],
    ["the Inception network", inceptionNet],
  ])("%s tells most of them apart", async (_, build) => {
    await using net = build();
    const compiled = { loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] } as const;
    net.compile({ optimizer: adam({ learningRate: 0.004 }), ...compiled });
    await net.fit(train.images, train.labels, { ...quiet, epochs: 2 });
    const { accuracy } = await net.evaluate(test1000.images, test1000.labels, quiet);
    expect(accuracy).toBeGreaterThan(0.75);
  });

  test("features of 0 to 4 help to tell 5 to 9 apart", async () => {
    const { withFeatures, fromPixels } = await transfer(train, test1000, 50, 8);
    expect(withFeatures).toBeGreaterThan(fromPixels + 0.03);
  });

  test("the Siamese network sees whether two show the same", async () => {
    await using net = siameseNet();
    net.compile({ optimizer: adam({ learningRate: 0.005 }), loss: "binaryCrossentropy", metrics: ["accuracy"] });
    const { left, right, same } = pairsOf(train);
    await net.fit({ left, right }, same, { ...quiet, epochs: 4 });
    const pairs = pairsOf(test1000);
    const { accuracy } = await net.evaluate({ left: pairs.left, right: pairs.right }, pairs.same, quiet);
    expect(accuracy).toBeGreaterThan(0.7);
  });
});

describe("data", () => {
  test("pick takes the digits with some labels, and can number them anew", () => {
    const five = pick(
      test1000,
      (label) => label >= 5,
      (label) => label - 5,
    );
    const rows = [...test1000.labels.keys()].filter((row) => test1000.labels[row]! >= 5);
    expect([...five.labels]).toEqual(rows.map((row) => test1000.labels[row]! - 5));
    expect(five.images.rows(1, 2).data).toEqual(test1000.images.rows(rows[1]!, rows[1]! + 1).data);
  });

  test("half of the pairs show the same digit, never the same image", () => {
    const { left, right, same } = pairsOf(test1000);
    expect(same.reduce((sum, value) => sum + value, 0)).toBe(same.length / 2);
    for (let row = 0; row < same.length; row++) {
      expect(left.rows(row, row + 1).data).not.toEqual(right.rows(row, row + 1).data);
    }
  });
});
