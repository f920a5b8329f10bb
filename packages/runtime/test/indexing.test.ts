import { existsSync, readFileSync } from "node:fs";

import * as ir from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { apply, at, counting, evaluate, formula, of } from "./evaluate.ts";

describe("Gather", () => {
  test.each([0, 1, 2])("along axis %d", async (axis) => {
    const x = counting([3, 4, 5]);
    const picks = [
      [2, 0],
      [1, 1],
    ];
    const y = await apply((data, indices) => ir.Gather(data, indices, axis), x, of("int32", picks));
    expect(y.shape).toEqual([...x.shape.slice(0, axis), 2, 2, ...x.shape.slice(axis + 1)]);
    const source = (index: readonly number[]) => {
      const pick = picks[index[axis]!]![index[axis + 1]!]!;
      return [...index.slice(0, axis), pick, ...index.slice(axis + 2)];
    };
    expect(y.toNumbers()).toEqual(formula(y.shape, (index) => at(x, source(index))!));
  });

  test("with a scalar index drops the axis; any dtype", async () => {
    const y = await apply((data, index) => ir.Gather(data, index, 0), counting([2, 3], "int64"), of("int32", 1));
    expect(y.shape).toEqual([3]);
    expect(y.toArray()).toEqual([3, 4, 5]);
  });

  test.each([3, -1])("refuses index %d of 3", async (index) => {
    const lookup = evaluate((builder) =>
      builder.scoped("embedding", () =>
        ir.Gather(builder.constant(counting([3, 2])), builder.constant(of("int32", [0, index]))),
      ),
    );
    await expect(lookup).rejects.toMatchObject({
      name: "LamellaError",
      code: "data",
      where: "embedding/Gather",
      message: expect.stringContaining(`Index ${index} is out of range at axis 0, which has 3 elements.`),
    });
  });
});

describe("ScatterND", () => {
  const scatter = (data: ir.Tensor, indices: ir.Tensor, updates: ir.Tensor) =>
    apply(ir.ScatterND, data, indices, updates);

  test("adds rows, equal indices add up", async () => {
    const y = await scatter(
      counting([3, 2]),
      of("int32", [[2], [0], [2]]),
      of("float32", [
        [10, 20],
        [1, 1],
        [100, 200],
      ]),
    );
    expect(y.toArray()).toEqual([
      [1, 2],
      [2, 3],
      [114, 225],
    ]);
  });

  test("adds elements by full indices, in indices of any rank", async () => {
    const indices = of("int32", [
      [
        [0, 1],
        [1, 0],
      ],
      [
        [0, 1],
        [1, 1],
      ],
    ]);
    const y = await scatter(
      ir.filled("float32", [2, 2], 0),
      indices,
      of("float32", [
        [1, 2],
        [4, 8],
      ]),
    );
    expect(y.toArray()).toEqual([
      [0, 5],
      [2, 8],
    ]);
  });

  test("leaves its input alone", async () => {
    const data = counting([2]);
    await scatter(data, of("int32", [[0]]), of("float32", [5]));
    expect(data.toArray()).toEqual([0, 1]);
  });

  test("refuses indices out of range and updates that do not fit", async () => {
    await expect(scatter(counting([2, 2]), of("int32", [[1, 2]]), of("float32", [1]))).rejects.toMatchObject({
      code: "data",
      message: expect.stringContaining("ScatterND: Index 2 is out of range at axis 1, which has 2 elements."),
    });
    await expect(scatter(counting([2, 2]), of("int32", [[1]]), of("float32", [1]))).rejects.toMatchObject({
      code: "shape",
      message: "ScatterND: The tensor of updates has the wrong shape. Expected: (1, 2). Received: (1).",
    });
  });
});

describe("RandomBits", () => {
  const path = new URL("../../../internal/conformance/goldens/bits.json", import.meta.url);
  const golden = JSON.parse(readFileSync(path, "utf8")) as {
    readonly baseKey: number[];
    readonly randomBits: readonly { readonly counter: number; readonly bits: number }[];
    readonly keys: readonly { readonly key: number[]; readonly bits: number[] }[];
  };

  test("the golden values are there", () => {
    expect(existsSync(path)).toBe(true);
    expect(golden.randomBits.length).toBeGreaterThan(5);
  });

  test("gives the golden bits of single counters", async () => {
    const cases = golden.randomBits.filter(({ counter }) => counter < 2 ** 31);
    const counters = cases.map(({ counter }) => counter);
    const y = await apply(ir.RandomBits, of("int32", golden.baseKey), of("int32", counters));
    expect(y.toArray()).toEqual(cases.map(({ bits }) => bits));
  });

  test("gives the golden bits of every key", async () => {
    for (const { key, bits } of golden.keys) {
      const y = await evaluate((builder) =>
        ir.RandomBits(builder.constant(of("int32", key)), ir.Range(builder, bits.length)),
      );
      expect(y.toArray()).toEqual(bits);
    }
  });
});
