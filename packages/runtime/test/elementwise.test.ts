import * as ir from "@lamella/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { apply, at, evaluate, formula, noise, of } from "./evaluate.ts";

const float64 = (operator: (x: ir.Tracer) => ir.Tracer, values: readonly number[]) =>
  apply(operator, of("float64", values)).then((y) => [...(y.data as Float64Array)]);

const rounded = (value: number) => Number(value.toPrecision(15));

describe("functions of one element", () => {
  test.each([
    ["Neg", ir.Neg, [1, -2, 0.5], [-1, 2, -0.5]],
    ["Abs", ir.Abs, [1, -2, -0], [1, 2, 0]],
    ["Sign", ir.Sign, [3, -2, 0, NaN], [1, -1, 0, NaN]],
    ["Floor", ir.Floor, [1.5, -1.5, 2], [1, -2, 2]],
    ["Exp", ir.Exp, [0, 1, -Infinity], [1, Math.E, 0]],
    ["Log", ir.Log, [1, Math.E, 0, -1], [0, 1, -Infinity, NaN]],
    ["Sqrt", ir.Sqrt, [4, 2, -1], [2, Math.SQRT2, NaN]],
    ["Sin", ir.Sin, [0, Math.PI / 2], [0, 1]],
    ["Cos", ir.Cos, [0, Math.PI], [1, -1]],
    ["Tanh", ir.Tanh, [0, Math.log(2), 100], [0, 0.6, 1]],
    ["Sigmoid", ir.Sigmoid, [0, Math.log(3), -Math.log(3), 1000, -1000], [0.5, 0.75, 0.25, 1, 0]],
    ["Softplus", ir.Softplus, [0, Math.log(3), 1000, -1000], [Math.LN2, Math.log(4), 1000, 0]],
    ["Relu", ir.Relu, [2, -2, 0, NaN], [2, 0, 0, NaN]],
    ["Identity", ir.Identity, [2, NaN], [2, NaN]],
    ["StopGradient", ir.StopGradient, [2, -2], [2, -2]],
  ] as const)("%s", async (_, operator, inputs, expected) => {
    const actual = await float64(operator, inputs);
    expect(actual.map(rounded)).toEqual(expected.map(rounded));
  });

  test("Sigmoid and Softplus keep their tails", async () => {
    expect((await float64(ir.Sigmoid, [-50]))[0]! / Math.exp(-50)).toBeCloseTo(1, 12);
    expect((await float64(ir.Softplus, [-50]))[0]! / Math.exp(-50)).toBeCloseTo(1, 12);
  });

  test.each([
    [1e-10, 1.1283791670955126e-10],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [1.5, 0.966105146475311],
    [2.25, 0.9985372834133188],
    [3, 0.9999779095030014],
    [4.5, 0.999999999803384],
    [5.9, 0.9999999999999999],
    [-0.75, -0.7111556336535151],
    [-2, -0.9953222650189527],
    [Infinity, 1],
    [-7, -1],
  ])("Erf(%d)", async (x, expected) => {
    const [actual] = await float64(ir.Erf, [x]);
    expect(actual! / expected).toBeCloseTo(1, 14);
  });

  test("Erf of 0 and NaN", async () => {
    expect(await float64(ir.Erf, [0, -0, NaN])).toEqual([0, -0, NaN]);
  });

  test("Not", async () => {
    expect((await apply(ir.Not, of("bool", [true, false]))).toArray()).toEqual([0, 1]);
  });
});

describe("functions of two elements", () => {
  test.each([
    ["Add", ir.Add, [6, 3.5, Infinity]],
    ["Sub", ir.Sub, [2, -8.5, NaN]],
    ["Mul", ir.Mul, [8, -15, Infinity]],
    ["Div", ir.Div, [2, -2.5 / 6, NaN]],
    ["Pow", ir.Pow, [16, 244.140625, Infinity]],
    ["Max", ir.Max, [4, 6, Infinity]],
    ["Min", ir.Min, [2, -2.5, Infinity]],
  ] as const)("%s", async (_, operator, expected) => {
    const actual = await apply(operator, of("float64", [4, -2.5, Infinity]), of("float64", [2, 6, Infinity]));
    expect(actual.toArray()).toEqual(expected);
  });

  test("Max and Min pass NaN on from either side", async () => {
    const a = of("float32", [NaN, 1]);
    const b = of("float32", [1, NaN]);
    expect((await apply(ir.Max, a, b)).toArray()).toEqual([NaN, NaN]);
    expect((await apply(ir.Min, a, b)).toArray()).toEqual([NaN, NaN]);
  });

  test.each(["float32", "int32", "int64"] as const)("Mod takes the sign of the divisor, %s", async (dtype) => {
    const actual = await apply(ir.Mod, of(dtype, [7, -7, 7, -7, 6, -6]), of(dtype, [3, 3, -3, -3, 3, 3]));
    expect(actual.toNumbers().map((value) => value + 0)).toEqual([1, 2, -2, -1, 0, 0]);
  });

  test.each(["int32", "int64"] as const)("Div goes towards zero, %s", async (dtype) => {
    const actual = await apply(ir.Div, of(dtype, [7, -7, 7, -7]), of(dtype, [2, 2, -2, -2]));
    expect(actual.toArray()).toEqual([3, -3, -3, 3]);
  });

  test.each([
    ["Equal", ir.Equal, [0, 1, 0, 0]],
    ["Greater", ir.Greater, [0, 0, 1, 0]],
    ["GreaterOrEqual", ir.GreaterOrEqual, [0, 1, 1, 0]],
    ["Less", ir.Less, [1, 0, 0, 0]],
    ["LessOrEqual", ir.LessOrEqual, [1, 1, 0, 0]],
  ] as const)("%s", async (_, operator, expected) => {
    const actual = await apply(operator, of("float32", [1, 2, 3, NaN]), of("float32", [2, 2, 2, NaN]));
    expect(actual.dtype).toBe("bool");
    expect(actual.toArray()).toEqual(expected);
  });

  test("And, Or", async () => {
    const a = of("bool", [true, true, false, false]);
    const b = of("bool", [true, false, true, false]);
    expect((await apply(ir.And, a, b)).toArray()).toEqual([1, 0, 0, 0]);
    expect((await apply(ir.Or, a, b)).toArray()).toEqual([1, 1, 1, 0]);
  });

  test("Where broadcasts all three", async () => {
    const actual = await apply(ir.Where, of("bool", [[true], [false]]), of("float32", [1, 2]), of("float32", 9));
    expect(actual.toArray()).toEqual([
      [1, 2],
      [9, 9],
    ]);
  });

  test("broadcasting follows NumPy", async () => {
    const dims = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });
    const masks = fc.tuple(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), fc.integer({ min: 0, max: 4 }));
    await fc.assert(
      fc.asyncProperty(dims, masks, masks, async (shape, [onesA, dropA], [onesB, dropB]) => {
        const narrow = (ones: readonly boolean[], drop: number) =>
          shape.map((size, axis) => (ones[axis] === true ? 1 : size)).slice(Math.min(drop, shape.length));
        const a = noise("a", narrow(onesA, dropA));
        const b = noise("b", narrow(onesB, dropB));
        const actual = await apply(ir.Sub, a, b);
        const read = (x: ir.Tensor, index: readonly number[]) =>
          at(
            x,
            index.slice(index.length - x.shape.length).map((i, axis) => (x.shape[axis] === 1 ? 0 : i)),
          )!;
        expect(actual.shape).toEqual(ir.broadcastShapes(a.shape, b.shape));
        expect(actual.toNumbers()).toEqual(formula(actual.shape, (index) => read(a, index) - read(b, index)));
      }),
    );
  });
});

describe("dtypes", () => {
  test("float32 results are rounded to float32", async () => {
    const y = await apply(ir.Add, of("float32", 0.1), of("float32", 0.2));
    expect(y.data[0]).toBe(Math.fround(Math.fround(0.1) + Math.fround(0.2)));
  });

  test("float16 results are rounded to float16", async () => {
    const y = await apply(ir.Add, of("float16", [2048, 0.1]), of("float16", [1, 0.2]));
    expect(y.dtype).toBe("float16");
    expect(y.toArray()).toEqual([2048, 0.2998046875]);
  });

  test("int32 and uint8 wrap around", async () => {
    const big = of("int32", [2147483647, 65537, -65537]);
    expect((await apply(ir.Add, big, of("int32", 1))).toArray()).toEqual([-2147483648, 65538, -65536]);
    expect((await apply(ir.Mul, big, big)).toArray()).toEqual([1, 131073, 131073]);
    expect((await apply(ir.Sub, of("uint8", [3]), of("uint8", [5]))).toArray()).toEqual([254]);
    expect((await apply(ir.Mul, of("uint32", [65537]), of("uint32", [65537]))).toArray()).toEqual([131073]);
  });

  test("int64 is exact beyond 2^53", async () => {
    const big = new ir.Tensor("int64", [3], BigInt64Array.of(9007199254740993n, -9007199254740993n, 0n));
    const one = new ir.Tensor("int64", [], BigInt64Array.of(1n));
    const int64 = async (operator: (...inputs: ir.Tracer[]) => ir.Tracer, ...inputs: ir.Tensor[]) =>
      [...(await apply(operator, ...inputs)).data].map(String);
    expect(await int64(ir.Add, big, one)).toEqual(["9007199254740994", "-9007199254740992", "1"]);
    expect(await int64(ir.Mul, big, one)).toEqual(["9007199254740993", "-9007199254740993", "0"]);
    expect(await int64(ir.Max, big, one)).toEqual(["9007199254740993", "1", "1"]);
    expect(await int64(ir.Min, big, one)).toEqual(["1", "-9007199254740993", "0"]);
    expect(await int64(ir.Neg, big)).toEqual(["-9007199254740993", "9007199254740993", "0"]);
    expect(await int64(ir.Abs, big)).toEqual(["9007199254740993", "9007199254740993", "0"]);
    expect(await int64(ir.Relu, big)).toEqual(["9007199254740993", "0", "0"]);
    expect(await int64(ir.Sign, big)).toEqual(["1", "-1", "0"]);
    expect(await int64(ir.Greater, big, new ir.Tensor("int64", [], BigInt64Array.of(9007199254740992n)))).toEqual([
      "1",
      "0",
      "0",
    ]);
    expect(await int64(ir.Div, big, of("int64", 0))).toEqual(["0", "0", "0"]);
    expect(await int64(ir.Mod, big, of("int64", 0))).toEqual(["0", "0", "0"]);
    expect(await int64((x) => ir.Cast(x, "int32"), big)).toEqual(["1", "-1", "0"]);
    expect(await int64(ir.Pow, of("int64", [2, -1, 3]), of("int64", [62, -3, -1]))).toEqual([
      "4611686018427387904",
      "-1",
      "0",
    ]);
  });

  test.each([
    ["float32", "int32", [1.9, -1.9, NaN], [1, -1, 0]],
    ["float32", "int64", [1.9, -1.9, NaN], [1, -1, 0]],
    ["float32", "bool", [0.1, 0, NaN], [1, 0, 1]],
    ["int32", "uint8", [256, 257, -1], [0, 1, 255]],
    ["int64", "int32", [2 ** 32 + 5, -1, 7], [5, -1, 7]],
    ["int64", "bool", [2 ** 32, 0, -1], [1, 0, 1]],
    ["bool", "float16", [1, 0, 1], [1, 0, 1]],
    ["float64", "float16", [0.1, 65520, -1e-8], [0.0999755859375, Infinity, -0]],
    ["uint32", "int32", [4294967295, 1, 2], [-1, 1, 2]],
  ] as const)("Cast from %s to %s", async (from, to, values, expected) => {
    const y = await apply((x) => ir.Cast(x, to), of(from, values));
    expect(y.dtype).toBe(to);
    expect(y.toArray()).toEqual(expected);
  });

  test("Constant", async () => {
    expect((await evaluate((builder) => builder.constant(of("int64", [1, 2])))).toArray()).toEqual([1, 2]);
  });
});
