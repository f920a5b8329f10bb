import * as ir from "@lamella/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { apply, at, counting, formula, of } from "./evaluate.ts";

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });

describe("movement", () => {
  test("Reshape keeps the order", async () => {
    expect((await apply((x) => ir.Reshape(x, [3, 2]), counting([2, 3]))).toArray()).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
  });

  test("Transpose", async () => {
    const permuted = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.shuffledSubarray(
          shape.map((_, axis) => axis),
          { minLength: shape.length },
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(permuted, async ([shape, perm]) => {
        const x = counting(shape);
        const y = await apply((input) => ir.Transpose(input, perm), x);
        expect(y.shape).toEqual(perm.map((axis) => shape[axis]));
        const source = (index: readonly number[]) => shape.map((_, axis) => index[perm.indexOf(axis)]!);
        expect(y.toNumbers()).toEqual(formula(y.shape, (index) => at(x, source(index))!));
      }),
    );
  });

  test("Expand", async () => {
    const y = await apply((x) => ir.Expand(x, [2, 3, 2]), of("int32", [[1], [2], [3]]));
    expect(y.toNumbers()).toEqual([1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3]);
  });

  test("Slice", async () => {
    const range = (size: number) =>
      fc
        .tuple(fc.integer({ min: 0, max: size }), fc.integer({ min: 0, max: size }), fc.integer({ min: 1, max: 3 }))
        .chain(([a, b, step]) =>
          fc.constantFrom(
            { start: Math.min(a, b), end: Math.max(a, b), step },
            { start: Math.max(a, b) - 1, end: Math.min(a, b) - 1, step: -step },
          ),
        );
    const sliced = shapes.chain((shape) => fc.tuple(fc.constant(shape), fc.tuple(...shape.map(range))));
    await fc.assert(
      fc.asyncProperty(sliced, async ([shape, ranges]) => {
        const walks = ranges.map(({ start, end, step }) => {
          const walk: number[] = [];
          for (let i = start; step > 0 ? i < end : i > end; i += step) walk.push(i);
          return walk;
        });
        const x = counting(shape, "int64");
        const y = await apply(
          (input) =>
            ir.Slice(input, {
              starts: ranges.map(({ start }) => start),
              ends: ranges.map(({ end }) => end),
              steps: ranges.map(({ step }) => step),
            }),
          x,
        );
        expect(y.shape).toEqual(walks.map((walk) => walk.length));
        const source = (index: readonly number[]) => index.map((i, axis) => walks[axis]![i]!);
        expect(y.toNumbers()).toEqual(formula(y.shape, (index) => at(x, source(index))!));
      }),
    );
  });

  test("Reverse and SliceAxis", async () => {
    expect((await apply((x) => ir.Reverse(x, 0), of("float16", [1, 2, 3]))).toArray()).toEqual([3, 2, 1]);
    expect((await apply((x) => ir.SliceAxis(x, 1, -2, -1), counting([2, 3]))).toArray()).toEqual([[1], [4]]);
  });

  test("a Slice out of its input is refused", async () => {
    const slice = (x: ir.Tracer) => ir.Slice(x, { starts: [1], ends: [6], steps: [2] });
    await expect(apply(slice, counting([4]))).rejects.toMatchObject({
      code: "shape",
      message: "Slice: The slice leaves axis 0. Expected: indices from 0 to 3. Received: 1 to 5.",
    });
    const below = (x: ir.Tracer) => ir.Slice(x, { starts: [-2], ends: [1], steps: [1] });
    await expect(apply(below, counting([4]))).rejects.toMatchObject({ code: "shape", received: "-2 to 0" });
  });

  test("Pad, and negative pads that cut off", async () => {
    const padded = shapes.chain((shape) => {
      const pads = fc.tuple(...shape.map((size) => fc.integer({ min: -Math.floor(size / 2), max: 2 })));
      return fc.tuple(fc.constant(shape), pads, pads);
    });
    await fc.assert(
      fc.asyncProperty(padded, async ([shape, begins, ends]) => {
        const x = counting(shape);
        const y = await apply((input) => ir.Pad(input, [...begins, ...ends], -7), x);
        const size = (dim: number, axis: number) => dim + begins[axis]! + ends[axis]!;
        expect(y.shape).toEqual(shape.map(size));
        const source = (index: readonly number[]) => index.map((i, axis) => i - begins[axis]!);
        expect(y.toNumbers()).toEqual(formula(y.shape, (index) => at(x, source(index)) ?? -7));
      }),
    );
  });

  test.each(ir.dtypes)("Pad and Concat keep %s", async (dtype) => {
    const x = of(dtype, [1, 0]);
    const y = await apply((input) => ir.Concat([ir.Pad(input, [1, 0], 1), input], 0), x);
    expect(y.dtype).toBe(dtype);
    expect(y.toArray()).toEqual([1, 1, 0, 1, 0]);
  });

  test("Concat", async () => {
    const joined = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.nat(shape.length - 1),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 3 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(joined, async ([shape, axis, sizes]) => {
        const parts = sizes.map((size, i) => {
          const part = counting(shape.with(axis, size), "int32");
          return new ir.Tensor(
            "int32",
            part.shape,
            (part.data as Int32Array).map((value) => value + 100 * i),
          );
        });
        const y = await apply((...inputs) => ir.Concat(inputs, axis), ...parts);
        expect(y.shape).toEqual(
          shape.with(
            axis,
            sizes.reduce((a, b) => a + b),
          ),
        );
        const find = (index: readonly number[]) => {
          let rest = index[axis]!;
          let part = 0;
          while (rest >= sizes[part]!) rest -= sizes[part++]!;
          return at(parts[part]!, index.with(axis, rest))!;
        };
        expect(y.toNumbers()).toEqual(formula(y.shape, find));
      }),
    );
  });
});
