/** All numbers come from Keras 3.15.1 (keras.utils, and its Tokenizer in keras/src/legacy) with the same arguments. */
import { Tensor, tensor } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import {
  type Dataset,
  dataset,
  normalize,
  padSequences,
  splitDataset,
  textToSequences,
  textToWordSequence,
  timeseriesDataset,
  toCategorical,
  Tokenizer,
} from "../src/index.ts";
import { expectError } from "./expect-error.ts";

const range = (count: number, start = 0) => Float32Array.from({ length: count }, (_, i) => i + start);
const plain = (value: unknown): unknown =>
  value instanceof Tensor ? value.toArray() : Array.isArray(value) ? value.map(plain) : value;
const read = async (set: Dataset<unknown>) => (await set.toArray()).map(plain);

describe("padSequences", () => {
  const sequences = [[1], [2, 3], [4, 5, 6, 7]];
  test("before and after", () => {
    expect(padSequences(sequences, { maxlen: 3 }).toArray()).toEqual([
      [0, 0, 1],
      [0, 2, 3],
      [5, 6, 7],
    ]);
    const post = padSequences(sequences, { maxlen: 3, padding: "post", truncating: "post", value: -1 });
    expect(post.toArray()).toEqual([
      [1, -1, -1],
      [2, 3, -1],
      [4, 5, 6],
    ]);
  });

  test("the longest decides the length; numbers are truncated to int32; typed arrays work", () => {
    const padded = padSequences([[1.9, -1.9], Uint8Array.of(3)]);
    expect([padded.dtype, padded.toArray()]).toEqual([
      "int32",
      [
        [1, -1],
        [0, 3],
      ],
    ]);
  });

  test("samples of more axes, an empty sequence among them", () => {
    const steps = [
      [[1.5, 2]],
      [],
      [
        [3, 4],
        [5, 6],
      ],
    ];
    const padded = padSequences(steps, { dtype: "float32", value: 0.5 });
    expect(padded.toArray()).toEqual([
      [
        [0.5, 0.5],
        [1.5, 2],
      ],
      [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
      [
        [3, 4],
        [5, 6],
      ],
    ]);
  });

  test("what is no list of sequences is refused", async () => {
    await expectError(() => padSequences([[[1, 2]], [[1]]]), "data", /sequence 1.*shape.*\(2,\).*\(1,\)/);
    await expectError(() => padSequences([1] as never), "data", /sequence 0.*no sequence/);
    await expectError(() => padSequences([["a"]] as never), "data", /sequence 0/);
    await expectError(() => padSequences([[1]], { maxlen: -1 }), "config", /maxlen/);
    await expectError(
      () => padSequences([[1]], { padding: "front" as never }),
      "config",
      /padding.*'pre' or 'post'.*'front'/,
    );
    await expectError(() => padSequences([[1]], { truncating: "end" as never }), "config", /truncating/);
  });
});

test("toCategorical", async () => {
  expect(toCategorical([[0], [2]], 4).toArray()).toEqual([
    [1, 0, 0, 0],
    [0, 0, 1, 0],
  ]);
  const deep = toCategorical(tensor([[0, 1], [2, 0]], undefined, "int32")); // prettier-ignore
  expect([deep.dtype, deep.toArray()]).toEqual([
    "float32",
    [
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
      [
        [0, 0, 1],
        [1, 0, 0],
      ],
    ],
  ]);
  await expectError(() => toCategorical([0, 3], 3), "data", /0 to 2.*3 at element 1/);
  await expectError(() => toCategorical([0, -1]), "data", /-1 at element 1/);
  await expectError(() => toCategorical([0.5], 3), "data", /0\.5/);
  await expectError(() => toCategorical([0], 0), "config", /numClasses/);
});

test("normalize", async () => {
  const x = [
    [3, 4],
    [0, 0],
    [1, -2],
  ];
  const cases: readonly [object, readonly number[]][] = [
    [{}, [0.6, 0.8, 0, 0, 0.4472135954999579, -0.8944271909999159]],
    [{ axis: 0, order: 1 }, [0.75, 0.6666666666666666, 0, 0, 0.25, -0.3333333333333333]],
    [{ order: Infinity }, [0.75, 1, 0, 0, 0.5, -1]],
    [{ order: 3 }, [0.6669717773118556, 0.8892957030824742, 0, 0, 0.4807498567691361, -0.9614997135382722]],
  ];
  for (const [options, expected] of cases) {
    expect(normalize(x, options).toNumbers()).toEqual(expected.map(Math.fround));
    // float64 through powers and roots: 4 roundings of 2^-53 each.
    const wide = normalize(tensor(x, undefined, "float64"), options);
    expect(wide.dtype).toBe("float64");
    for (const [i, value] of wide.toNumbers().entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(5e-16);
  }
  expect(normalize(Int32Array.of(3, 4)).dtype).toBe("float32");
  expect(normalize([1e300, 1e300], { order: 2 }).dtype).toBe("float32");
  await expectError(() => normalize(x, { axis: 2 }), "config", /axis.*-2 to 1.*2/);
  await expectError(() => normalize(x, { order: 0 }), "config", /order/);
});

describe("timeseriesDataset", () => {
  test("windows with strides", async () => {
    const set = timeseriesDataset(range(20), null, {
      sequenceLength: 4,
      sequenceStride: 3,
      samplingRate: 2,
      batchSize: 3,
    });
    expect(await read(set)).toEqual([
      [
        [0, 2, 4, 6],
        [3, 5, 7, 9],
        [6, 8, 10, 12],
      ],
      [
        [9, 11, 13, 15],
        [12, 14, 16, 18],
      ],
    ]);
  });

  test("targets of the part that is used", async () => {
    const steps = tensor(range(20), [10, 2]);
    const options = { sequenceLength: 3, batchSize: 4, startIndex: 2, endIndex: 9 };
    const batches = await timeseriesDataset(steps, range(10, 100), options).toArray();
    expect(batches.map(([, targets]) => targets.toArray())).toEqual([[102, 103, 104, 105], [106]]);
    expect(batches[1]![0].toArray()).toEqual([
      [
        [12, 13],
        [14, 15],
        [16, 17],
      ],
    ]);
  });

  test("fewer targets than windows", async () => {
    const targets = range(5).map((i) => i * 10);
    expect(await read(timeseriesDataset(range(10), targets, { sequenceLength: 3, batchSize: 2 }))).toEqual([
      [
        [
          [0, 1, 2],
          [1, 2, 3],
        ],
        [0, 10],
      ],
      [
        [
          [2, 3, 4],
          [3, 4, 5],
        ],
        [20, 30],
      ],
      [[[4, 5, 6]], [40]],
    ]);
  });

  test("shuffled windows keep their targets", async () => {
    const set = timeseriesDataset(range(30), range(30, 100), {
      sequenceLength: 2,
      shuffle: true,
      seed: 1,
      batchSize: null,
    });
    const elements = await set.toArray();
    const starts = elements.map(([window]) => window.toNumbers()[0]!);
    expect(starts).not.toEqual([...range(29)]);
    expect(starts.toSorted((a, b) => a - b)).toEqual([...range(29)]);
    expect(elements.map(([, target]) => target.toNumbers()[0]! - 100)).toEqual(starts);
  });

  const wrong: readonly [object, RegExp][] = [
    [{ sequenceLength: 0 }, /sequenceLength/],
    [{ sequenceStride: 0 }, /sequenceStride/],
    [{ samplingRate: 10 }, /samplingRate.*1 to 9.*10/],
    [{ startIndex: 10 }, /startIndex.*0 to 9/],
    [{ startIndex: 5, endIndex: 5 }, /endIndex.*6 to 10/],
    [{ sequenceLength: 11 }, /No window fits.*11 steps.*10 steps/],
    [{ batchSize: 0 }, /batchSize/],
  ];
  test.each(wrong)("%j is refused", async (more, pattern) => {
    await expectError(() => timeseriesDataset(range(10), null, { sequenceLength: 3, ...more }), "config", pattern);
  });

  test("targets that end too early are refused", async () => {
    const options = { sequenceLength: 2, startIndex: 3 };
    await expectError(() => timeseriesDataset(range(10), range(4), options), "data", /not enough targets/);
  });
});

describe("splitDataset", () => {
  const both = async (set: Dataset<unknown>, options: Parameters<typeof splitDataset>[1]) => {
    const [left, right] = await splitDataset(set, options);
    return [await read(left), await read(right)];
  };

  test("by shares and numbers", async () => {
    expect(await both(dataset(range(10)), { leftSize: 0.25 })).toEqual([
      [0, 1],
      [2, 3, 4, 5, 6, 7, 8, 9],
    ]);
    expect(await both(dataset(range(7)), { leftSize: 0.5 })).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6],
    ]);
    expect(await both(dataset(range(7), range(7)), { rightSize: 2 })).toEqual([
      [0, 1, 2, 3, 4].map((i) => [i, i]),
      [5, 6].map((i) => [i, i]),
    ]);
  });

  test("what is batched is batched again", async () => {
    const set = dataset(range(10)).batch(4);
    expect(await both(set, { leftSize: 0.3, rightSize: 0.3 })).toEqual([[[0, 1, 2]], [[7, 8, 9]]]);
    const [left] = await splitDataset(set, { leftSize: 6 });
    expect([left.cardinality, left.batchSize]).toEqual([2, 4]);
  });

  test("the sides of what is shuffled have all samples, in every pass", async () => {
    const set = dataset(range(20)).shuffle(20);
    const [left, right] = await splitDataset(set, { leftSize: 12, shuffle: true, seed: 2 });
    const first = await read(left);
    expect(await read(left)).toEqual(first);
    const all = [...first, ...(await read(right))] as number[];
    expect(all.toSorted((a, b) => a - b)).toEqual([...range(20)]);
  });

  test("sizes that do not fit are refused", async () => {
    const split = (options: object, count = 4) => splitDataset(dataset(range(count)), options);
    await expectError(() => split({}), "config", /leftSize, rightSize, or both/);
    await expectError(() => split({ leftSize: 4 }), "config", /leftSize.*1 to 3/);
    await expectError(() => split({ leftSize: 3, rightSize: 3 }), "config", /overlap.*3 and 3/);
    await expectError(() => split({ leftSize: 0.01 }), "config", /empty/);
    await expectError(
      () =>
        splitDataset(
          dataset(range(3)).filter(() => false),
          { leftSize: 1 },
        ),
      "data",
      /empty/,
    );
  });
});

describe("Tokenizer", () => {
  const texts = ["The cat sat on the mat.", "The dog, the cat!"];
  const other = ["the dog sat", "a bird on the mat"];

  test("words by frequency", () => {
    const { sequences, tokenizer } = textToSequences(texts);
    expect(tokenizer.wordIndex).toEqual({ the: 1, cat: 2, sat: 3, on: 4, mat: 5, dog: 6 });
    expect(sequences).toEqual([
      [1, 2, 3, 4, 1, 5],
      [1, 6, 1, 2],
    ]);
    expect(tokenizer.textsToSequences(other)).toEqual([
      [1, 6, 3],
      [4, 1, 5],
    ]);
    expect(tokenizer.sequencesToTexts([[1, 6, 3, 99]])).toEqual(["the dog sat"]);
    expect(tokenizer.documentCount).toBe(2);
  });

  test("a vocabulary with a size and a token for the rest", () => {
    const tokenizer = new Tokenizer({ numWords: 4, oovToken: "<OOV>" });
    tokenizer.fitOnTexts(texts);
    expect(tokenizer.wordIndex).toEqual({ "<OOV>": 1, the: 2, cat: 3, sat: 4, on: 5, mat: 6, dog: 7 });
    const sequences = tokenizer.textsToSequences(other);
    expect(sequences).toEqual([
      [2, 1, 1],
      [1, 1, 1, 2, 1],
    ]);
    expect(tokenizer.sequencesToTexts(sequences)).toEqual(["the <OOV> <OOV>", "<OOV> <OOV> <OOV> the <OOV>"]);
  });

  test("without a token what is not known is left out", () => {
    const tokenizer = new Tokenizer({ numWords: 3 });
    tokenizer.fitOnTexts(texts);
    expect(tokenizer.textsToSequences(other)).toEqual([[1], [1]]);
  });

  test("characters, lists of words, and capitals", () => {
    const characters = new Tokenizer({ charLevel: true });
    characters.fitOnTexts(texts);
    expect(characters.textsToSequences(["the dog sat"])).toEqual([[1, 3, 4, 2, 12, 7, 13, 2, 8, 5, 1]]);
    const lists = new Tokenizer({ lower: false });
    lists.fitOnTexts([["New York", "Rome"], "Rome"]);
    expect(lists.wordIndex).toEqual({ Rome: 1, "New York": 2 });
    expect(textToWordSequence("Don't stop-me\tnow", { split: "," })).toEqual(["don't stop", "me", "now"]);
  });

  test("matrices", () => {
    const tokenizer = new Tokenizer();
    tokenizer.fitOnTexts(texts);
    const row = (mode: "binary" | "count" | "freq" | "tfidf") =>
      tokenizer.textsToMatrix(["the the dog sat", "a bird"], mode).toArray();
    const none = [0, 0, 0, 0, 0, 0, 0];
    const tfidf = [0, 0.8649029646371624, 0, Math.LN2, 0, 0, Math.LN2].map(Math.fround);
    expect(row("binary")).toEqual([[0, 1, 0, 1, 0, 0, 1], none]);
    expect(row("count")).toEqual([[0, 2, 0, 1, 0, 0, 1], none]);
    expect(row("freq")).toEqual([[0, 0.5, 0, 0.25, 0, 0, 0.25], none]);
    expect(row("tfidf")).toEqual([tfidf, none]);
  });

  test("misuse is refused", async () => {
    const tokenizer = new Tokenizer();
    await expectError(() => tokenizer.textsToSequences(["a"]), "state", /fitOnTexts/);
    await expectError(() => new Tokenizer({ numWords: 0 }), "config", /numWords/);
    tokenizer.fitOnTexts(["a"]);
    await expectError(() => tokenizer.textsToMatrix(["a"], "tf" as never), "config", /mode.*'tfidf'.*tf/);
  });
});
