import * as ir from "@lamella/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { apply, at, formula, indicesOf, noise, of } from "./evaluate.ts";

describe("reductions", () => {
  const operators = [
    ["ReduceSum", ir.ReduceSum, (values: number[]) => values.reduce((a, b) => a + b, 0)],
    ["ReduceMean", ir.ReduceMean, (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length],
    ["ReduceMax", ir.ReduceMax, (values: number[]) => Math.max(...values)],
  ] as const;

  test.each(operators)("%s over any axes", async (_, operator, naive) => {
    const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(14), fc.boolean(), async (shape, bits, keepdims) => {
        const axes = shape.map((_size, axis) => axis).filter((axis) => ((bits + 1) >> axis) % 2 === 1);
        fc.pre(axes.length > 0);
        const x = noise("x", shape);
        const y = await apply((input) => operator(input, { axes, keepdims }), x);
        const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
        const expected = formula(kept, (index) =>
          naive(
            indicesOf(shape)
              .filter((other) => other.every((i, axis) => axes.includes(axis) || i === index[axis]))
              .map((other) => at(x, other)!),
          ),
        );
        expect(y.shape).toEqual(keepdims ? kept : shape.filter((_size, axis) => !axes.includes(axis)));
        for (const [i, value] of y.toNumbers().entries()) expect(value).toBeCloseTo(expected[i]!, 14);
      }),
    );
  });

  test("sums of float32 are accurate", async () => {
    const y = await apply(
      (input) => ir.ReduceSum(input),
      new ir.Tensor("float32", [100000], new Float32Array(100000).fill(0.1)),
    );
    expect(y.data[0]).toBe(Math.fround(Math.fround(0.1) * 100000));
  });

  test("over nothing", async () => {
    const none = ir.filled("float32", [2, 0], 0);
    expect((await apply((x) => ir.ReduceSum(x, { axes: [1] }), none)).toArray()).toEqual([0, 0]);
    expect((await apply((x) => ir.ReduceMax(x, { axes: [1] }), none)).toArray()).toEqual([-Infinity, -Infinity]);
    expect((await apply((x) => ir.ReduceMean(x, { axes: [1] }), none)).toArray()).toEqual([NaN, NaN]);
    expect((await apply((input) => ir.ReduceMax(input), ir.filled("int32", [0], 0))).toArray()).toBe(-2147483648);
  });

  test("of integers", async () => {
    const x = of("int32", [
      [5, -2],
      [2, 2147483647],
    ]);
    expect((await apply((input) => ir.ReduceSum(input, { axes: [1] }), x)).toArray()).toEqual([3, -2147483647]);
    expect((await apply((input) => ir.ReduceMean(input, { axes: [1] }), of("int32", [[5, 2]]))).toArray()).toEqual([3]);
    expect((await apply((input) => ir.ReduceMax(input), of("int64", [-5, -2]))).toArray()).toBe(-2);
  });

  test("ReduceMax passes NaN on", async () => {
    expect((await apply((input) => ir.ReduceMax(input), of("float32", [1, NaN, 3]))).toArray()).toBe(NaN);
  });
});

describe("ArgMax", () => {
  test("gives the first maximum along its axis", async () => {
    const x = of("float32", [
      [1, 3, 3],
      [5, 0, 5],
    ]);
    const y = await apply((input) => ir.ArgMax(input, 1), x);
    expect(y.dtype).toBe("int32");
    expect(y.toArray()).toEqual([1, 0]);
    expect((await apply((input) => ir.ArgMax(input, 0, true), x)).toArray()).toEqual([[1, 0, 1]]);
  });

  test("takes the first NaN for the maximum", async () => {
    expect((await apply((x) => ir.ArgMax(x, 0), of("float32", [1, NaN, 3, NaN]))).toArray()).toBe(1);
  });
});

describe("Softmax and LogSoftmax", () => {
  test("of known values, along any axis", async () => {
    const x = of("float64", [
      [0, 0],
      [Math.log(3), 0],
    ]);
    const columns = (await apply((input) => ir.Softmax(input, 0), x)).toNumbers();
    for (const [i, value] of [0.25, 0.5, 0.75, 0.5].entries()) expect(columns[i]).toBeCloseTo(value, 15);
    const rows = (await apply((input) => ir.LogSoftmax(input), x)).toNumbers();
    for (const [i, value] of [0.5, 0.5, 0.75, 0.25].entries()) expect(rows[i]).toBeCloseTo(Math.log(value), 15);
  });

  test("of large values", async () => {
    const x = of("float32", [1e30, 1e30, -1e30]);
    expect((await apply((input) => ir.Softmax(input), x)).toArray()).toEqual([0.5, 0.5, 0]);
    expect((await apply((input) => ir.LogSoftmax(input), of("float64", [1000, 0]))).toArray()).toEqual([0, -1000]);
  });
});

describe("MatMul", () => {
  test("of matrices", async () => {
    const y = await apply(
      ir.MatMul,
      of("float32", [
        [1, 2],
        [3, 4],
      ]),
      of("float32", [
        [5, 6, 7],
        [8, 9, 10],
      ]),
    );
    expect(y.toArray()).toEqual([
      [21, 24, 27],
      [47, 54, 61],
    ]);
  });

  test("leading axes broadcast", async () => {
    const a = noise("a", [2, 1, 3, 2]);
    const b = noise("b", [4, 2, 3]);
    const y = await apply(ir.MatMul, a, b);
    expect(y.shape).toEqual([2, 4, 3, 3]);
    const expected = formula(y.shape, ([p, q, row, column]) =>
      [0, 1].reduce((sum, k) => sum + at(a, [p!, 0, row!, k])! * at(b, [q!, k, column!])!, 0),
    );
    for (const [i, value] of y.toNumbers().entries()) expect(value).toBeCloseTo(expected[i]!, 14);
  });

  test("over nothing is zero", async () => {
    const y = await apply(ir.MatMul, ir.filled("float32", [2, 0], 0), ir.filled("float32", [0, 2], 0));
    expect(y.toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  test("NaN and infinity come through zeros", async () => {
    const y = await apply(ir.MatMul, of("float32", [[0, 1]]), of("float32", [[Infinity], [1]]));
    expect(y.toArray()).toEqual([[NaN]]);
  });
});
