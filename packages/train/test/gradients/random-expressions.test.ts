import * as ir from "@lamella/ir";
import fc from "fast-check";
import { test } from "vitest";

import { expectGradients, noise } from "./check-gradient.ts";

/** Smooth everywhere, and tame: results stay small, so that differences are accurate. */
const unary: readonly ((x: ir.Tracer) => ir.Tracer)[] = [
  ir.Neg,
  ir.Sin,
  ir.Cos,
  ir.Tanh,
  ir.Sigmoid,
  ir.Softplus,
  ir.Erf,
  (x) => ir.Exp(ir.Tanh(x)),
  (x) => ir.Log(ir.Add(ir.Mul(x, x), 1)),
  (x) => ir.Sqrt(ir.Add(ir.Mul(x, x), 1)),
  (x) => ir.Pow(ir.Add(ir.Sigmoid(x), 1), 1.5),
  (x) => (x.rank === 0 ? x : ir.ReduceMean(x, { axes: [0], keepdims: true })),
  (x) => (x.rank === 2 ? ir.Transpose(x, [1, 0]) : x),
];
const binary: readonly ((a: ir.Tracer, b: ir.Tracer) => ir.Tracer)[] = [
  ir.Add,
  ir.Sub,
  (a, b) => ir.Tanh(ir.Mul(a, b)),
  (a, b) => ir.Div(a, ir.Add(ir.Mul(b, b), 1)),
  (a, b) => ir.Pow(ir.Add(ir.Sigmoid(a), 1), ir.Tanh(b)),
];

type Expression = number | readonly [number, Expression] | readonly [number, Expression, Expression];

const expressions = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    fc.nat(2),
    fc.tuple(fc.nat(unary.length - 1), tie("expression")),
    fc.tuple(fc.nat(binary.length - 1), tie("expression"), tie("expression")),
  ),
})).expression;

function build(expression: Expression, leaves: readonly ir.Tracer[]): ir.Tracer {
  if (typeof expression === "number") return leaves[expression]!;
  const [operator, left, right] = expression;
  if (right === undefined) return unary[operator]!(build(left, leaves));
  return binary[operator]!(build(left, leaves), build(right, leaves));
}

test("random elementwise expressions agree with differences", async () => {
  const inputs = [
    { value: noise("a", [2, 2]), shape: ["batch", 2] },
    { value: noise("b", [2]) },
    { value: noise("c", []) },
  ];
  await fc.assert(
    fc.asyncProperty(expressions, (expression) =>
      expectGradients((...leaves) => build(expression, leaves), inputs, { tolerance: 1e-5 }),
    ),
    { numRuns: 150 },
  );
});
