import * as ir from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { bool, expectGradients, float64, gradientsAt, noise } from "./check-gradient.ts";

const anywhere = (name: string, shape: ir.StaticShape) => noise(name, shape, 2, 0.013);
const positive = (name: string, shape: ir.StaticShape) => noise(name, shape, 0.8, 1.1);

/** Fixed and symbolic shapes. */
const shapes: readonly (readonly [ir.StaticShape, ir.Shape])[] = [
  [[], []],
  [
    [2, 3],
    ["batch", 3],
  ],
];

const unary: readonly (readonly [string, (x: ir.Tracer) => ir.Tracer, typeof anywhere])[] = [
  ["Identity", ir.Identity, anywhere],
  ["Neg", ir.Neg, anywhere],
  ["Abs", ir.Abs, anywhere],
  ["Exp", ir.Exp, anywhere],
  ["Log", ir.Log, positive],
  ["Sqrt", ir.Sqrt, positive],
  ["Sin", ir.Sin, anywhere],
  ["Cos", ir.Cos, anywhere],
  ["Erf", ir.Erf, anywhere],
  ["Tanh", ir.Tanh, anywhere],
  ["Sigmoid", ir.Sigmoid, anywhere],
  ["Softplus", ir.Softplus, anywhere],
  ["Relu", ir.Relu, anywhere],
];

describe.each(unary)("%s", (name, operator, values) => {
  test.each(shapes)("%j declared as %j", async (actual, shape) => {
    await expectGradients(operator, [{ value: values(name, actual), shape }]);
  });

  test("of its gradient", async () => {
    await expectGradients(operator, [{ value: values(name, [3]) }], { order: 2 });
  });
});

interface Operand {
  readonly actual: ir.StaticShape;
  readonly shape: ir.Shape;
}
const operand = (actual: ir.StaticShape, shape: ir.Shape = actual): Operand => ({ actual, shape });

const broadcasts: readonly (readonly [string, Operand, Operand])[] = [
  ["equal shapes", operand([2, 3]), operand([2, 3])],
  ["equal symbols", operand([2, 3], ["batch", 3]), operand([2, 3], ["batch", 3])],
  ["a row and a symbol", operand([2, 3], ["batch", 3]), operand([3])],
  ["a column", operand([2, 3], ["batch", 3]), operand([2, 1], ["batch", 1])],
  ["1 and a symbol", operand([1, 3]), operand([4, 3], ["batch", 3])],
  ["both ways, with another rank", operand([2, 1, 3], ["batch", 1, 3]), operand([4, 1], ["time", 1])],
  ["a scalar", operand([]), operand([2, 2], ["batch", 2])],
  ["a number and a symbol that turns out equal", operand([2, 3]), operand([2, 3], ["batch", 3])],
];

const binary: readonly (readonly [string, (a: ir.Tracer, b: ir.Tracer) => ir.Tracer, typeof anywhere])[] = [
  ["Add", ir.Add, anywhere],
  ["Sub", ir.Sub, anywhere],
  ["Mul", ir.Mul, anywhere],
  ["Div", ir.Div, positive],
  ["Mod", ir.Mod, positive],
  ["Pow", ir.Pow, positive],
  ["Max", ir.Max, anywhere],
  ["Min", ir.Min, anywhere],
];

describe.each(binary)("%s", (name, operator, values) => {
  test.each(broadcasts)("%s", async (_, a, b) => {
    const inputs = [
      { value: values(`${name} a`, a.actual), shape: a.shape },
      { value: values(`${name} b`, b.actual), shape: b.shape },
    ];
    await expectGradients(operator, inputs);
  });

  test("of its gradient", async () => {
    const inputs = [{ value: values(`${name} c`, [2, 2]) }, { value: values(`${name} d`, [2]) }];
    await expectGradients(operator, inputs, { order: 2 });
  });

  test("of a value with itself", async () => {
    await expectGradients((x) => operator(x, x), [{ value: values(name, [3]) }]);
  });
});

describe("Where", () => {
  test.each(broadcasts)("%s", async (_, a, b) => {
    const mask = { value: bool([1, 3], [1, 0, 1]) };
    const inputs = [
      mask,
      { value: anywhere("a", a.actual), shape: a.shape },
      { value: anywhere("b", b.actual), shape: b.shape },
    ];
    const last = (operand_: Operand) => operand_.actual.at(-1) === 3 || operand_.actual.at(-1) === 1;
    if (!last(a) || !last(b)) inputs[0] = { value: bool([1, 1], [1]) };
    await expectGradients(ir.Where, inputs);
  });

  test("keeps what is not taken out of the gradient, NaN included", async () => {
    const safeRoot = (x: ir.Tracer) => {
      const fits = ir.Greater(x, 0);
      return ir.Where(fits, ir.Sqrt(ir.Where(fits, x, 1)), 0);
    };
    expect(await gradientsAt(safeRoot, [{ value: float64([3], [-1, 0, 4]) }])).toEqual([[0, 0, 0.25]]);
  });
});

describe("Pow", () => {
  const base = { value: float64([5], [-2, -1, 0, 1, 3]) };

  test.each([
    [0, [0, 0, 0, 0, 0]],
    [1, [1, 1, 1, 1, 1]],
    [2, [-4, -2, 0, 2, 6]],
    [3, [12, 3, 0, 3, 27]],
  ])("of any base with the constant exponent %d", async (exponent, expected) => {
    expect(await gradientsAt((x) => ir.Pow(x, exponent), [base])).toEqual([expected]);
  });

  test("with an exponent that is computed", async () => {
    const exponent = { value: float64([5], [2, 0, 0, 0, 2]) };
    const [ofBase, ofExponent] = await gradientsAt(ir.Pow, [base, exponent]);
    expect(ofBase).toEqual([-4, 0, 0, 0, 6]);
    expect(ofExponent!.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(ofExponent![4]).toBeCloseTo(9 * Math.log(3), 12);
  });
});

describe("corners, as in TensorFlow", () => {
  const x = { value: float64([3], [-1, 0, 2]) };
  const tied = [{ value: float64([3], [1, 2, 3]) }, { value: float64([3], [2, 2, 2]) }];

  test("Max gives ties to its first operand", async () => {
    expect(await gradientsAt(ir.Max, tied)).toEqual([
      [0, 1, 1],
      [1, 0, 0],
    ]);
  });

  test("Min gives ties to its first operand", async () => {
    expect(await gradientsAt(ir.Min, tied)).toEqual([
      [1, 1, 0],
      [0, 0, 1],
    ]);
  });

  test("Relu and Abs are flat at 0", async () => {
    expect(await gradientsAt(ir.Relu, [x])).toEqual([[0, 0, 1]]);
    expect(await gradientsAt(ir.Abs, [x])).toEqual([[-1, 0, 1]]);
  });
});

describe("what has no gradient", () => {
  const flat: readonly (readonly [string, (x: ir.Tracer) => ir.Tracer])[] = [
    ["Sign", ir.Sign],
    ["Floor", ir.Floor],
    ["StopGradient", ir.StopGradient],
    ["Cast to integers and back", (x) => ir.Cast(ir.Cast(x, "int32"), "float64")],
    ["comparisons", (x) => ir.Cast(ir.Greater(x, 0), "float64")],
    ["ArgMax", (x) => ir.Cast(ir.ArgMax(x, 0), "float64")],
  ];
  test.each(flat)("%s", async (_, operator) => {
    const x = { value: anywhere("flat", [3]) };
    expect(await gradientsAt(operator, [x])).toEqual([[0, 0, 0]]);
    expect(await gradientsAt((value) => ir.Mul(value, ir.Add(ir.ReduceSum(operator(value)), 1)), [x])).not.toEqual([
      [0, 0, 0],
    ]);
  });
});

test("Cast between floats casts the gradient back", async () => {
  const twice = (x: ir.Tracer) => ir.Cast(ir.Mul(ir.Cast(x, "float32"), 2), "float64");
  expect(await gradientsAt(twice, [{ value: float64([2], [1, 2]) }])).toEqual([[2, 2]]);
});
