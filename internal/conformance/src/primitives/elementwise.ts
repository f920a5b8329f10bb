import * as ops from "@lamella/ir";
import { type DType, isFloating, type Tracer } from "@lamella/ir";
import { test } from "vitest";

import { expectSame, type PrimitiveSubject } from "./harness.ts";

const positive = { low: 0.1, high: 3 };
const wide = { low: -20, high: 20 };
const floatUnary = [
  ["Floor", ops.Floor, {}],
  ["Exp", ops.Exp, {}],
  ["Log", ops.Log, positive],
  ["Sqrt", ops.Sqrt, positive],
  ["Sin", ops.Sin, {}],
  ["Cos", ops.Cos, {}],
  ["Erf", ops.Erf, {}],
  ["Tanh", ops.Tanh, {}],
  ["Sigmoid", ops.Sigmoid, wide],
  ["Softplus", ops.Softplus, wide],
] as const;
const { Neg, Abs, Sign, Relu, Identity, StopGradient } = ops;
const anyUnary = Object.entries({ Neg, Abs, Sign, Relu, Identity, StopGradient });
const { Add, Sub, Mul, Max, Min, Equal, Greater, GreaterOrEqual, Less, LessOrEqual } = ops;
const pairs = Object.entries({ Add, Sub, Mul, Max, Min, Equal, Greater, GreaterOrEqual, Less, LessOrEqual });

const range = (dtype: DType) => (dtype.startsWith("u") ? { low: 0, high: 200 } : { low: -5, high: 6 });

/** Functions of single elements, and of pairs that broadcast. */
export function describeElementwise(subject: PrimitiveSubject): void {
  const { dtypes } = subject;
  const floating = dtypes.filter(isFloating);
  const numeric = dtypes.filter((dtype) => dtype !== "bool");

  test.for(floatUnary)("%s", async ([, op, limits]) => {
    for (const dtype of floating) {
      await expectSame(subject, {
        inputs: { x: { shape: ["batch", 3], dtype, ...limits } },
        sizes: [{ batch: 5 }],
        build: ({ x }) => op(x!),
      });
    }
  });

  test.for(anyUnary)("%s", async ([, op]) => {
    for (const dtype of numeric) {
      await expectSame(subject, { inputs: { x: { shape: [4, 5], dtype, ...range(dtype) } }, build: ({ x }) => op(x!) });
    }
  });

  test("Sign of small numbers", async () => {
    const limits = { low: -1e-7, high: 1e-7 };
    await expectSame(subject, { inputs: { x: { shape: [4, 5], ...limits } }, build: ({ x }) => Sign(x!) });
  });

  test.for(pairs)("%s", async ([, op]) => {
    for (const dtype of numeric) {
      const limits = { dtype, whole: true, ...range(dtype) };
      await expectSame(subject, {
        inputs: { a: { shape: ["batch", 1, 4], ...limits }, b: { shape: [3, 1], ...limits } },
        sizes: [{ batch: 2 }, { batch: 1 }],
        build: ({ a, b }) => op(a!, b!),
      });
    }
  });

  test.for(Object.entries({ Div: ops.Div, Mod: ops.Mod }))("%s, with the signs of whole numbers", async ([, op]) => {
    for (const dtype of numeric) {
      for (const [low, high] of dtype.startsWith("u")
        ? [[1, 9]]
        : [
            [1, 9],
            [-9, 0],
          ]) {
        await expectSame(subject, {
          inputs: {
            a: { shape: [40], dtype, low: dtype.startsWith("u") ? 0 : -40, high: 40 },
            b: { shape: [40], dtype, low: low!, high: isFloating(dtype) && high === 0 ? -0.5 : high! },
          },
          build: ({ a, b }) => op(a!, b!),
        });
      }
    }
  });

  test("Pow", async () => {
    for (const dtype of numeric) {
      const base = { shape: [3, 4], dtype, low: isFloating(dtype) ? 0.5 : 0, high: 4 };
      await expectSame(
        subject,
        { inputs: { a: base, b: { shape: [4], dtype, low: 0, high: 4 } }, build: ({ a, b }) => ops.Pow(a!, b!) },
        4e-6,
      );
    }
  });

  test("And, Or, Not, Where", async () => {
    for (const dtype of dtypes) {
      const bool = { dtype: "bool", low: 0, high: 2 } as const;
      const build = ({ a, b, x, y }: Record<string, Tracer>) => ({
        and: ops.And(a!, b!),
        or: ops.Or(a!, b!),
        not: ops.Not(a!),
        where: ops.Where(ops.Or(a!, b!), x!, y!),
        equal: ops.Equal(x!, y!),
      });
      const [x, y] = [[2, 3], [3]].map((shape) => ({ shape, dtype, low: 0, high: 2, whole: true }));
      await expectSame(subject, {
        inputs: { a: { shape: [2, 3], ...bool }, b: { shape: [1, 3], ...bool }, x: x!, y: y! },
        build,
      });
    }
  });

  test("Cast between all dtypes", async () => {
    for (const from of dtypes) {
      await expectSame(subject, {
        inputs: { x: { shape: [7], dtype: from, low: 0, high: from === "bool" ? 2 : 9 } },
        build: ({ x }, builder) => Object.fromEntries(dtypes.map((to) => [to, builder.emit("Cast", [x!], { to })[0]!])),
      });
    }
  });
}
