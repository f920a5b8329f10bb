import { setRandomSeed, Tensor, tensor } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { Dataset, dataset } from "../src/index.ts";
import { expectError } from "./expect-error.ts";

const range = (count: number, start = 0) =>
  dataset.fromGenerator(() => Array.from({ length: count }, (_, i) => i + start), { cardinality: count });

/** A batch as nested arrays. */
function plain(value: unknown): unknown {
  if (value instanceof Tensor) return value.toArray();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

describe("sources", () => {
  test("arrays side by side are tuples of their rows", async () => {
    const x = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const set = dataset(x, Uint8Array.of(7, 8, 9));
    expect(set.cardinality).toBe(3);
    const elements = await set.toArray();
    expect(elements.map(plain)).toEqual([
      [[1, 2], 7],
      [[3, 4], 8],
      [[5, 6], 9],
    ]);
    expect(elements[0]!.map(({ dtype, shape }) => [dtype, shape])).toEqual([
      ["float32", [2]],
      ["uint8", []],
    ]);
    const [batch] = await set.batch(2).toArray();
    expect(batch!.map(({ dtype }) => dtype)).toEqual(["float32", "uint8"]);
  });

  test("one array gives its rows, a record records, texts texts", async () => {
    const rows = [
      [1, 2],
      [3, 4],
    ];
    expect((await dataset(rows).toArray()).map(plain)).toEqual(rows);
    const set = dataset({ a: rows, name: ["x", "y"] }, [0, 1]).batch(2);
    expect((await set.toArray()).map(plain)).toEqual([[{ a: rows, name: ["x", "y"] }, [0, 1]]]);
    expect((await dataset([tensor(rows), Int32Array.of(5, 6)]).toArray()).map(plain)).toEqual([
      [[1, 2], 5],
      [[3, 4], 6],
    ]);
  });

  test("a generator is called anew for every pass", async () => {
    let calls = 0;
    const set = dataset.fromGenerator(async function* () {
      calls += 1;
      yield [[1, 2], calls] as [number[], number];
    });
    expect(calls).toBe(0);
    expect(set.cardinality).toBeUndefined();
    expect(await set.toArray()).toEqual([[[1, 2], 1]]);
    expect((await set.batch(1).toArray()).map(plain)).toEqual([[[[1, 2]], [2]]]);
  });

  test("what cannot be a source is refused", async () => {
    await expectError(() => dataset([1, 2], [3]), "data", /array 1: 2, array 2: 1/);
    await expectError(() => dataset({ a: [1], b: [1, 2] }), "data", /array 1\.a: 1, array 1\.b: 2/);
    await expectError(() => dataset([[1, 2], [3]]), "data", /array 1.*ragged/);
    await expectError(() => dataset(3), "data", /single number has no rows/);
    await expectError(() => dataset(new Date()), "data", /no array of numbers.*a Date/);
    await expectError(() => dataset({}), "data", /no arrays/);
    const iterator = [1][Symbol.iterator]();
    await expectError(() => dataset.fromGenerator(iterator as never), "config", /function that makes it/);
    await expectError(
      () => dataset.fromGenerator((() => 3) as never).toArray(),
      "data",
      /nothing to iterate over.*a number/,
    );
  });
});

describe("operators", () => {
  test("map and filter take functions that are asynchronous, too", async () => {
    const set = range(6)
      .map(async (x) => x * 10)
      .filter(async (x) => x !== 20);
    expect(await set.toArray()).toEqual([0, 10, 30, 40, 50]);
  });

  test("map keeps the order when calls overlap, and never has more under way than it may", async () => {
    let running = 0;
    let most = 0;
    const slow = async (x: number) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < 7 - x; turn++) await new Promise(setImmediate);
      running -= 1;
      return x;
    };
    expect(await range(7).map(slow, { numParallelCalls: 3 }).toArray()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(most).toBe(3);
  });

  // tf.data.Dataset.range(7): .batch(3), .batch(3, drop_remainder=True), zip(ds, ds.skip(4)), .take(2).enumerate(5)
  test("batch, zip and enumerate give what TensorFlow's give", async () => {
    expect((await range(7).batch(3).toArray()).map(plain)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    expect((await range(7).batch(3, { dropRemainder: true }).toArray()).map(plain)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(await Dataset.zip(range(7), range(7).skip(4)).toArray()).toEqual([
      [0, 4],
      [1, 5],
      [2, 6],
    ]);
    expect(await range(7).take(2).enumerate(5).toArray()).toEqual([
      [5, 0],
      [6, 1],
    ]);
  });

  // int(ds.cardinality()) of tf.data.Dataset.range(7) and what is made of it; -1 is Infinity here, -2 undefined
  test("cardinalities are TensorFlow's", () => {
    const set = range(7);
    const odd = set.filter((x) => x > 1);
    const made = [
      set.batch(3),
      set.batch(3, { dropRemainder: true }),
      set.repeat(2),
      set.repeat(),
      set.skip(9),
      set.take(9),
      set.take(-1),
      set.skip(-1),
      odd,
      set.concatenate(set),
      dataset.zip(set, set.take(2)),
      set.repeat().take(3),
      set.repeat().skip(3),
      set.repeat(0),
      set.cache(),
      odd.repeat(),
      set.concatenate(set.repeat()),
    ];
    const expected = [3, 2, 14, -1, 0, 7, 7, 0, -2, 14, 2, 3, -1, 0, 7, -1, -1];
    expect(made.map(({ cardinality = -2 }) => (cardinality === Infinity ? -1 : cardinality))).toEqual(expected);
    expect(set.repeat().steps).toBe(Infinity);
    expect(set.batch(3).steps).toBe(3);
  });

  test("numbers stack to float32, booleans to bool, typed arrays keep their dtype", async () => {
    const set = dataset.fromGenerator(() => [{ n: 1, b: true, t: Int32Array.of(2, 3), deep: { s: "x" } }]).batch(4);
    const [batch] = await set.toArray();
    expect([batch!.n.dtype, batch!.b.dtype, batch!.t.dtype, batch!.t.shape]).toEqual([
      "float32",
      "bool",
      "int32",
      [1, 2],
    ]);
    expect(batch!.deep.s).toEqual(["x"]);
  });

  test("unbatch undoes batch", async () => {
    const set = dataset([[1], [2], [3]], [4, 5, 6]);
    expect((await set.batch(2).unbatch().toArray()).map(plain)).toEqual((await set.toArray()).map(plain));
  });

  test("what does not fit into a batch is refused", async () => {
    const batch = (...elements: readonly unknown[]) =>
      dataset
        .fromGenerator(() => elements)
        .batch(4)
        .toArray();
    await expectError(
      () => batch([[1, 2]], [[3]]),
      "data",
      /element\[0\].*shape.*float32 \(2,\).*float32 \(1,\).*padSequences/,
    );
    await expectError(() => batch({ a: 1 }, { b: 1 }), "data", /record of a.*record of b in element 1/);
    await expectError(() => batch([1, 2], [1]), "data", /list of 2.*list of 1/);
    await expectError(() => batch("a", 1), "data", /a text.*a number/);
    await expectError(() => batch(1, "a"), "data", /a number.*a string/);
    await expectError(() => batch(null), "data", /cannot be put into a batch.*null/);
    await expectError(() => batch([1, new Date(0)]), "data", /element\[1\].*a Date/);
    await expectError(() => range(2).batch(0), "config", /batchSize.*at least 1.*0/);
    await expectError(() => range(2).shuffle(0), "config", /bufferSize/);
    await expectError(() => range(2).take(-2), "config", /count/);
    await expectError(() => range(2).repeat(1.5), "config", /count.*1\.5/);
    await expectError(() => range(2).prefetch(-1), "config", /bufferSize/);
    await expectError(() => range(2).map((x) => x, { numParallelCalls: 0 }), "config", /numParallelCalls/);
    await expectError(() => range(2).repeat().toArray(), "config", /never ends.*take/);
    await expectError(() => dataset.zip(), "config", /nothing to zip/);
  });
});

describe("passes", () => {
  const shuffledSet = () => range(20).shuffle(20, { seed: 3 });
  const pass = async <T>(set: Dataset<T>, index: number) => {
    const elements: T[] = [];
    for await (const element of set.pass(index)) elements.push(element);
    return elements;
  };

  test("the number of a pass decides its order", async () => {
    expect(await pass(shuffledSet(), 2)).toEqual(await pass(shuffledSet(), 2));
    expect(await pass(shuffledSet(), 2)).not.toEqual(await pass(shuffledSet(), 1));
    expect(await pass(range(20).shuffle(20, { seed: 4 }), 2)).not.toEqual(await pass(shuffledSet(), 2));
    const set = shuffledSet();
    expect([await set.toArray(), await set.toArray()]).toEqual([await pass(set, 0), await pass(set, 1)]);
  });

  test("without reshuffling all passes are alike", async () => {
    const set = range(20).shuffle(20, { seed: 3, reshuffleEachIteration: false });
    expect(await pass(set, 0)).toEqual(await pass(set, 5));
  });

  test("repetitions have orders of their own, the same in every run", async () => {
    const twice = await pass(shuffledSet().repeat(2), 0);
    expect(twice.slice(0, 20)).not.toEqual(twice.slice(20));
    expect(twice).toEqual(await pass(shuffledSet().repeat(2), 0));
    expect(twice).not.toEqual(await pass(shuffledSet().repeat(2), 1));
    expect(twice).toEqual(await pass(shuffledSet().repeat().take(40), 0));
  });

  test("a seed that is drawn comes from setRandomSeed", async () => {
    setRandomSeed(5);
    const first = await pass(range(20).shuffle(20), 0);
    setRandomSeed(5);
    expect(await pass(range(20).shuffle(20), 0)).toEqual(first);
    expect(await pass(range(20).shuffle(20), 0)).not.toEqual(first);
  });

  test("a cache is filled by the first whole pass, with the same elements whichever pass that is", async () => {
    let made = 0;
    const make = () =>
      range(20)
        .map((x) => {
          made += 1;
          return x;
        })
        .shuffle(20, { seed: 3 })
        .cache();
    const set = make();
    for await (const element of set) if (element >= 0) break;
    expect(made).toBe(20);
    const first = await pass(set, 1);
    expect(made).toBe(40);
    expect(await pass(set, 2)).toEqual(first);
    expect(made).toBe(40);
    expect(await pass(make(), 7)).toEqual(first);
  });
});

describe("closing", () => {
  const chains: readonly (readonly [string, (set: Dataset<number>) => Dataset<unknown>])[] = [
    ["map", (set) => set.map((x) => x)],
    ["map with several calls", (set) => set.map((x) => x, { numParallelCalls: 4 })],
    ["filter", (set) => set.filter(() => true)],
    ["batch", (set) => set.batch(2)],
    ["unbatch", (set) => set.batch(2).unbatch()],
    ["shuffle", (set) => set.shuffle(3)],
    ["prefetch", (set) => set.prefetch(3)],
    ["repeat", (set) => set.repeat()],
    ["skip", (set) => set.skip(1)],
    ["cache", (set) => set.cache()],
    ["concatenate", (set) => set.concatenate(set)],
    ["enumerate", (set) => set.enumerate()],
    ["zip", (set) => Dataset.zip(set, set)],
  ];
  test.each(chains)("%s closes its source when it is left early, and when a consumer throws", async (_, chain) => {
    let open = 0;
    let opened = 0;
    const source = dataset.fromGenerator(async function* () {
      open += 1;
      opened += 1;
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        open -= 1;
      }
    });
    for await (const element of chain(source)) if (element !== undefined) break;
    expect([open, opened > 0]).toEqual([0, true]);
    const failing = async () => {
      for await (const element of chain(source)) throw new Error(`stop at ${String(element)}`);
    };
    await expect(failing()).rejects.toThrow("stop at");
    expect(open).toBe(0);
  });

  test("take closes its source once it has enough", async () => {
    let isClosed = false;
    const source = dataset.fromGenerator(function* () {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        isClosed = true;
      }
    });
    expect(await source.take(3).toArray()).toEqual([0, 1, 2]);
    expect(isClosed).toBe(true);
  });

  test.each([
    ["map", 1],
    ["overlapping calls of map", 3],
  ])("an error in %s comes out and closes the source", async (_, numParallelCalls) => {
    let isClosed = false;
    const source = dataset.fromGenerator(function* () {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        isClosed = true;
      }
    });
    const broken = source.map(
      (x) => {
        if (x === 2) throw new Error("two");
        return x;
      },
      { numParallelCalls },
    );
    await expect(broken.prefetch(2).toArray()).rejects.toThrow("two");
    expect(isClosed).toBe(true);
  });
});

describe("prefetch", () => {
  /** What happens, in order, when every element and every step wait for something. */
  async function events(bufferSize: number): Promise<string[]> {
    const log: string[] = [];
    const wait = () => new Promise(setImmediate);
    const source = dataset.fromGenerator(async function* () {
      for (let i = 0; i < 4; i++) {
        log.push(`make ${i}`);
        await wait();
        log.push(`made ${i}`);
        yield i;
      }
    });
    for await (const element of source.prefetch(bufferSize)) {
      log.push(`step ${element}`);
      for (let turn = 0; turn < 10; turn++) await wait();
      log.push(`done ${element}`);
    }
    return log;
  }

  test("the next elements are made while a step runs", async () => {
    const log = await events(2);
    for (let i = 1; i < 4; i++) {
      expect(log.indexOf(`made ${i}`)).toBeLessThan(log.indexOf(`done ${i - 1}`));
    }
    expect(log.indexOf("made 2")).toBeLessThan(log.indexOf("done 0"));
    expect(log.indexOf("make 3")).toBeGreaterThan(log.indexOf("step 0"));
  });

  test("without it every element waits for the step before", async () => {
    const log = await events(0);
    for (let i = 1; i < 4; i++) expect(log.indexOf(`make ${i}`)).toBeGreaterThan(log.indexOf(`done ${i - 1}`));
  });

  test("no more than the buffer is made ahead", async () => {
    const log = await events(1);
    expect(log.indexOf("make 2")).toBeGreaterThan(log.indexOf("done 0"));
  });
});
