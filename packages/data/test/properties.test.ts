import type { Tensor } from "@lamella/ir";
import fc from "fast-check";
import { expect, test } from "vitest";

import { dataset } from "../src/index.ts";

const size = fc.integer({ min: 0, max: 40 });
const positive = fc.integer({ min: 1, max: 12 });
const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const counting = (count: number) => dataset.fromGenerator(() => range(count), { cardinality: count });
const numbers = (batch: unknown) => (batch as Tensor).toNumbers();

test("batches hold the elements in their order; only the last is smaller, or missing", async () => {
  await fc.assert(
    fc.asyncProperty(size, positive, fc.boolean(), async (count, batchSize, dropRemainder) => {
      const set = counting(count).batch(batchSize, { dropRemainder });
      const batches = (await set.toArray()).map(numbers);
      expect(batches.length).toBe(set.cardinality);
      expect(batches.slice(0, -1).every((batch) => batch.length === batchSize)).toBe(true);
      const kept = dropRemainder ? count - (count % batchSize) : count;
      expect(batches.flat()).toEqual(range(kept));
    }),
    { numRuns: 60 },
  );
});

test("unbatch undoes batch, whatever the sizes", async () => {
  await fc.assert(
    fc.asyncProperty(size, positive, positive, async (count, first, second) => {
      const again = counting(count).batch(first).unbatch().batch(second);
      const once = counting(count).batch(second);
      expect((await again.toArray()).map(numbers)).toEqual((await once.toArray()).map(numbers));
    }),
    { numRuns: 40 },
  );
});

test("shuffle gives every element once, none earlier than the buffer lets it, and a buffer of 1 changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(size, positive, seed, fc.nat(5), async (count, bufferSize, key, pass) => {
      const shuffled: number[] = [];
      for await (const element of counting(count).shuffle(bufferSize, { seed: key }).pass(pass)) shuffled.push(element);
      expect(shuffled.toSorted((a, b) => a - b)).toEqual(range(count));
      for (const [position, element] of shuffled.entries()) expect(element).toBeLessThan(position + bufferSize);
    }),
    { numRuns: 60 },
  );
  expect(await counting(9).shuffle(1).toArray()).toEqual(range(9));
});

test("a buffer of all elements gives all orders alike", async () => {
  const counts = new Map<string, number>();
  const draws = 1200;
  const set = counting(3).shuffle(3, { seed: 1 });
  for (let i = 0; i < draws; i++) {
    const order = (await set.toArray()).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  // Each of 6 orders: 200 expected, standard deviation 13; 5 of them are 65.
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - draws / 6)).toBeLessThan(65);
});

test("take and skip part a dataset, and concatenate puts it together again", async () => {
  await fc.assert(
    fc.asyncProperty(size, fc.integer({ min: 0, max: 50 }), async (count, at) => {
      const set = counting(count);
      const [left, right] = [set.take(at), set.skip(at)];
      const whole = left.concatenate(right);
      expect(await whole.toArray()).toEqual(range(count));
      expect(await left.toArray()).toEqual(range(count).slice(0, at));
      expect([left.cardinality, right.cardinality, whole.cardinality]).toEqual([
        Math.min(at, count),
        Math.max(count - at, 0),
        count,
      ]);
    }),
    { numRuns: 60 },
  );
});

test("prefetch, cache and overlapping calls of map change nothing", async () => {
  await fc.assert(
    fc.asyncProperty(size, positive, seed, async (count, buffer, key) => {
      const shuffled = () => counting(count).shuffle(7, { seed: key });
      const expected = await shuffled().toArray();
      expect(await shuffled().prefetch(buffer).toArray()).toEqual(expected);
      expect(await shuffled().cache().toArray()).toEqual(expected);
      expect(
        await shuffled()
          .map(async (x) => x, { numParallelCalls: buffer })
          .toArray(),
      ).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

test("repeat goes through the elements again and again", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 4 }), async (count, times) => {
      const set = counting(count).repeat(times);
      const elements = await set.toArray();
      expect(elements).toEqual(range(times).flatMap(() => range(count)));
      expect(set.cardinality).toBe(elements.length);
      expect(
        await counting(count)
          .repeat()
          .take(2 * count)
          .toArray(),
      ).toEqual([...range(count), ...range(count)]);
    }),
    { numRuns: 40 },
  );
});
