import * as ir from "@lamella/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { apply, at, dot, formula, indicesOf, noise, of } from "./evaluate.ts";

const row = (pads: ir.Pads, kernel = 3, stride = 2): ir.PoolAttributes => ({
  layout: "channelsLast",
  kernelShape: [kernel],
  strides: [stride],
  pads,
});
const line = (values: readonly number[]) => of("float32", [values.map((value) => [value])]);
const numbers = (y: ir.Tensor) => y.toNumbers();

const maxPoolGrad = (attributes: ir.PoolAttributes, x: ir.Tensor, dy: ir.Tensor) =>
  apply((a, b) => ir.MaxPoolGrad(a, ir.MaxPool(a, attributes), b, attributes), x, dy).then(numbers);

describe("MaxPool", () => {
  const pool = (attributes: ir.PoolAttributes, values: readonly number[]) =>
    apply((x) => ir.MaxPool(x, attributes), line(values)).then(numbers);

  test("by hand", async () => {
    expect(await pool(row([0, 0]), [1, 5, 2, 4, 3])).toEqual([5, 4]);
    expect(await pool(row([1, 1]), [1, 5, 2, 4, 3])).toEqual([5, 5, 4]);
    expect(await pool(row("SAME_UPPER", 2, 2), [1, 5, 2, 4, 3])).toEqual([5, 4, 3]);
  });

  test("padding never wins", async () => {
    expect(await pool(row([1, 1]), [-1, -5, -2, -4, -3])).toEqual([-1, -2, -3]);
    expect(await pool(row([1, 1]), [-Infinity])).toEqual([-Infinity]);
    expect(await pool(row([3, 0]), [1, 2])).toEqual([-Infinity, 2]);
  });

  test("NaN wins", async () => {
    expect(await pool(row([0, 0]), [1, NaN, 2, 4, 3])).toEqual([NaN, 4]);
  });

  test("of integers", async () => {
    const y = await apply((x) => ir.MaxPool(x, row([1, 1])), of("int32", [[[-3], [-2], [-9]]]));
    expect(y.toNumbers()).toEqual([-2, -2]);
  });
});

describe("MaxPoolGrad", () => {
  test("goes to the first of equal maxima", async () => {
    expect(await maxPoolGrad(row([0, 0]), line([7, 7, 7, 7, 7]), line([1, 10]))).toEqual([1, 0, 10, 0, 0]);
  });

  test("overlapping windows add up", async () => {
    expect(await maxPoolGrad(row([0, 0], 3, 1), line([1, 2, 9, 3, 0]), line([1, 10, 100]))).toEqual([0, 0, 111, 0, 0]);
  });

  test("never goes to the padding, even for infinite inputs", async () => {
    expect(await maxPoolGrad(row([1, 1]), line([-Infinity, -Infinity]), line([4]))).toEqual([4, 0]);
  });

  test("the first maximum is row-major within the window", async () => {
    const x = of("float32", [
      [
        [[0], [3]],
        [[3], [1]],
      ],
    ]);
    const attributes: ir.PoolAttributes = {
      layout: "channelsLast",
      kernelShape: [2, 2],
      strides: [1, 1],
      pads: [0, 0, 0, 0],
    };
    expect(await maxPoolGrad(attributes, x, of("float32", [[[[5]]]]))).toEqual([0, 5, 0, 0]);
  });
});

describe("AveragePool", () => {
  test("leaves the padding out of the count", async () => {
    const average = (attributes: ir.PoolAttributes) =>
      apply((x) => ir.AveragePool(x, attributes), line([2, 4, 6, 8])).then(numbers);
    expect(await average(row([1, 1], 3, 1))).toEqual([3, 4, 6, 7]);
    expect(await average(row("SAME_UPPER"))).toEqual([4, 7]);
  });

  test("its gradient shares out evenly", async () => {
    const dx = await apply(
      (dy) => ir.AveragePoolGrad(dy, { ...row([1, 1], 3, 1), inputShape: [1, 4, 1] }),
      line([6, 12, 24, 48]),
    );
    expect(numbers(dx)).toEqual([7, 15, 36, 32]);
  });

  test("refuses an output gradient of the wrong shape", async () => {
    const dx = apply((dy) => ir.AveragePoolGrad(dy, { ...row([1, 1], 3, 1), inputShape: [1, 4, 1] }), line([1, 2]));
    await expect(dx).rejects.toMatchObject({ code: "shape", where: "AveragePoolGrad", expected: "(1, 4, 1)" });
  });
});

const upTo = (max: number) => fc.integer({ min: 1, max });
const cases = fc.integer({ min: 1, max: 3 }).chain((rank) => {
  const each = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: rank, maxLength: rank });
  const axis = fc.record({ size: upTo(5), kernel: upTo(3), stride: upTo(3), begin: fc.nat(2), end: fc.nat(2) });
  return fc.record({
    axes: each(axis.filter(({ kernel, begin, end }) => begin < kernel && end < kernel)),
    same: fc.boolean(),
    layout: fc.constantFrom("channelsLast" as const, "channelsFirst" as const),
    batch: upTo(2),
    channels: upTo(3),
  });
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

const fits = ({ axes, same }: Case) =>
  same || axes.every(({ size, kernel, begin, end }) => size + begin + end >= kernel);

function attributesOf({ axes, same, layout }: Case): ir.PoolAttributes {
  return {
    layout,
    kernelShape: axes.map(({ kernel }) => kernel),
    strides: axes.map(({ stride }) => stride),
    pads: same ? "SAME_UPPER" : [...axes.map(({ begin }) => begin), ...axes.map(({ end }) => end)],
  };
}

function inputShape({ axes, layout, batch, channels }: Case): number[] {
  const sizes = axes.map(({ size }) => size);
  return layout === "channelsLast" ? [batch, ...sizes, channels] : [batch, channels, ...sizes];
}

/** The input elements under the window of one output. */
function windowOf({ axes, same, layout }: Case, x: ir.Tensor, index: readonly number[]): number[] {
  const last = layout === "channelsLast";
  const place = last ? index.slice(1, -1) : index.slice(2);
  const channel = last ? index.at(-1)! : index[1]!;
  const taps = indicesOf(axes.map(({ kernel }) => kernel));
  return taps.flatMap((tap) => {
    const position = axes.map(({ size, kernel, stride, begin }, i) => {
      const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
      return place[i]! * stride + tap[i]! - (same ? Math.floor(total / 2) : begin);
    });
    const value = at(x, last ? [index[0]!, ...position, channel] : [index[0]!, channel, ...position]);
    return value === undefined ? [] : [value];
  });
}

describe("pools of any rank, layout and padding", () => {
  test("are their definitions", async () => {
    await fc.assert(
      fc.asyncProperty(cases.filter(fits), async (item) => {
        const x = noise("x", inputShape(item));
        const max = await apply((input) => ir.MaxPool(input, attributesOf(item)), x);
        const average = await apply((input) => ir.AveragePool(input, attributesOf(item)), x);
        expect(max.toNumbers()).toEqual(formula(max.shape, (index) => Math.max(...windowOf(item, x, index))));
        const expected = formula(average.shape, (index) => {
          const values = windowOf(item, x, index);
          return values.reduce((a, b) => a + b) / values.length;
        });
        for (const [i, value] of average.toNumbers().entries()) expect(value).toBeCloseTo(expected[i]!, 14);
      }),
    );
  });

  test("have adjoint gradients", async () => {
    await fc.assert(
      fc.asyncProperty(cases.filter(fits), async (item) => {
        const attributes = attributesOf(item);
        const x = noise("x", inputShape(item));
        const max = await apply((input) => ir.MaxPool(input, attributes), x);
        const average = await apply((input) => ir.AveragePool(input, attributes), x);
        const dy = noise("dy", max.shape);
        const dmax = await apply((a, y, b) => ir.MaxPoolGrad(a, y, b, attributes), x, max, dy);
        const daverage = await apply((b) => ir.AveragePoolGrad(b, { ...attributes, inputShape: x.shape }), dy);
        expect(dot(dmax, x)).toBeCloseTo(dot(dy, max), 12);
        expect(dot(daverage, x)).toBeCloseTo(dot(dy, average), 12);
      }),
    );
  });
});
