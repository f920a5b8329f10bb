import { type DType, dtypes, filled, fromNumbers, type NestedArray, Tensor, tensor } from "@lamella/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { expectError } from "./expect-error.ts";

describe("tensor()", () => {
  test.for<[NestedArray, readonly number[], DType, readonly number[]]>([
    [3, [], "float32", [3]],
    [true, [], "bool", [1]],
    [[], [0], "float32", []],
    [[[], []], [2, 0], "float32", []],
    [[1.5, -2], [2], "float32", [1.5, -2]],
    [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [2, 3],
      "float32",
      [1, 2, 3, 4, 5, 6],
    ],
    [[[true], [false]], [2, 1], "bool", [1, 0]],
  ])("%j", ([values, shape, dtype, numbers]) => {
    const made = tensor(values);
    expect([made.shape, made.dtype, made.toNumbers()]).toEqual([shape, dtype, numbers]);
    expect(made.toArray()).toEqual(dtype === "bool" ? toNumbers(values) : values);
  });

  test("takes a dtype, and a shape for flat data", () => {
    expect(tensor([1.9, -1.9], undefined, "int32").toNumbers()).toEqual([1, -1]);
    expect(tensor([1, 2, 3, 4], [2, 2]).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(tensor(new Float32Array([1, 2, 3, 4]), [2, 2]).shape).toEqual([2, 2]);
    expect(tensor(new Uint8Array([1, 2]), undefined, "float16").toNumbers()).toEqual([1, 2]);
  });

  test("copies typed arrays", () => {
    const data = new Float32Array([1, 2]);
    const made = tensor(data);
    data[0] = 5;
    expect(made.toNumbers()).toEqual([1, 2]);
  });

  test.for<[NestedArray, string, string]>([
    [[[1, 2], [3]], "2 elements at depth 1, as in the first row", "1 elements"],
    [[[1], [2, 3]], "1 elements at depth 1", "2 elements"],
    [[[1, 2], 3], "2 elements at depth 1", "a number"],
    [[1, [2]], "no elements at depth 1", "1 elements"],
    [[[[1]], [[]]], "1 elements at depth 2", "0 elements"],
  ])("%j is ragged", ([values, expected, received]) => {
    expectError(
      () => tensor(values),
      "data",
      "The nested arrays are ragged.",
      `Expected: ${expected}`,
      `Received: ${received}`,
    );
  });

  test.for<[unknown, string]>([
    [[["1"]], "'1'"],
    [[1, null], "null"],
    [[undefined], "undefined"],
    [[new Float32Array(2), new Float32Array(2)], "a Float32Array"],
    [[{ x: 1 }], "a Object"],
    [[1n], "1"],
  ])("%o holds what is no number", ([values, received]) => {
    expectError(() => tensor(values as NestedArray), "data", "something that is no number", `Received: ${received}.`);
  });

  test("refuses a shape that the data does not fill", () => {
    expectError(
      () => tensor([1, 2, 3], [2, 2]),
      "shape",
      "does not fill the shape",
      "4 elements for shape [2, 2]",
      "3",
    );
    expectError(() => new Tensor("int64", [2], new BigInt64Array(3)), "shape", "2 elements", "3 elements");
  });
});

function toNumbers(values: NestedArray): unknown {
  return Array.isArray(values) ? values.map(toNumbers) : Number(values);
}

describe("Tensor", () => {
  test("knows its size", () => {
    const made = filled("float64", [2, 3], 1);
    expect([made.size, made.byteLength]).toEqual([6, 48]);
  });

  test("reshapes without a copy", () => {
    const made = tensor([1, 2, 3, 4, 5, 6]);
    const matrix = made.reshape([2, 3]);
    expect(matrix.data).toBe(made.data);
    expect(matrix.toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expectError(() => made.reshape([4]), "shape", "does not fill");
  });

  test("gives rows without a copy", () => {
    const made = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(made.rows(1, 2).toArray()).toEqual([[3, 4]]);
    expect(made.rows(1, 9).toArray()).toEqual([
      [3, 4],
      [5, 6],
    ]);
    expect(made.rows(3, 4).shape).toEqual([0, 2]);
    expect(made.rows(0, 1).data.buffer).toBe(made.data.buffer);
  });

  test("casts to every dtype: truncating, with 0 for what is no number, and true for all but 0", () => {
    const values = tensor([1.75, -1.75, 0, -0.5, NaN, 300]);
    const cast = Object.fromEntries(dtypes.map((dtype) => [dtype, values.cast(dtype).toNumbers()]));
    expect(cast["float32"]).toEqual([1.75, -1.75, 0, -0.5, NaN, 300]);
    expect(cast["float16"]).toEqual([1.75, -1.75, 0, -0.5, NaN, 300]);
    expect(cast["float64"]).toEqual([1.75, -1.75, 0, -0.5, NaN, 300]);
    expect(cast["int32"]).toEqual([1, -1, 0, 0, 0, 300]);
    expect(cast["int64"]).toEqual([1, -1, 0, 0, 0, 300]);
    expect(cast["bool"]).toEqual([1, 1, 0, 1, 1, 1]);
    expect(tensor([0, 1, 255]).cast("uint8").toNumbers()).toEqual([0, 1, 255]);
    expect(tensor([0, 4294967295], undefined, "float64").cast("uint32").toNumbers()).toEqual([0, 4294967295]);
    expect(tensor([Infinity]).cast("int64").toNumbers()).toEqual([0]);
    expect(values.cast("float32")).toBe(values);
  });

  test("casts from every dtype", () => {
    const casts = dtypes.map((dtype) => tensor([0, 1, 1], undefined, dtype).cast("float64").toNumbers());
    expect(casts).toEqual(dtypes.map(() => [0, 1, 1]));
  });

  test("filled and fromNumbers agree", () => {
    for (const dtype of dtypes) expect(filled(dtype, [3], 1).data).toEqual(fromNumbers(dtype, [1, 1, 1]));
    expect(filled("float16", [], 2).toArray()).toBe(2);
  });

  test("nested arrays come back", () => {
    const shapes = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });
    fc.assert(
      fc.property(shapes, (shape) => {
        const size = shape.reduce((product, dim) => product * dim, 1);
        const made = tensor(
          Array.from({ length: size }, (_, i) => i),
          shape,
        );
        fc.pre(!shape.slice(0, -1).includes(0));
        const again = tensor(made.toArray());
        expect([again.shape, again.toNumbers()]).toEqual([shape, made.toNumbers()]);
      }),
    );
  });
});
