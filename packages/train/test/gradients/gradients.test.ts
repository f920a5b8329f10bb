import * as ir from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { gradients } from "../../src/index.ts";
import { expectGradients, float64, gradientsAt, noise } from "./check-gradient.ts";

const vector = { value: noise("vector", [3]) };

function small() {
  const builder = new ir.GraphBuilder("small");
  return { builder, x: builder.input("x", ["batch", 2], "float32"), w: builder.input("w", [2, 2], "float32") };
}

describe("gradients", () => {
  test("of a value used several times add up", async () => {
    await expectGradients((x) => ir.Mul(ir.Add(x, ir.Exp(x)), ir.Sin(x)), [vector]);
  });

  test("with respect to a value on the way", () => {
    const { x, w } = small();
    const middle = ir.MatMul(x, w);
    const [ofMiddle, ofX] = gradients(ir.ReduceSum(ir.Tanh(middle)), [middle, x]);
    expect(ofMiddle!.shape).toEqual(["batch", 2]);
    expect(ofX!.shape).toEqual(["batch", 2]);
  });

  test("of the loss itself are 1", async () => {
    const builder = new ir.GraphBuilder("test");
    const x = builder.input("x", [], "float64");
    const [gradient] = gradients(x, [x]);
    expect(gradient!.shape).toEqual([]);
    expect(await gradientsAt((value) => value, [{ value: float64([], [3]) }])).toEqual([[1]]);
  });

  test("are zeros, of the right shape, where the loss does not depend on a value", async () => {
    const inputs = [vector, { value: float64([2, 1], [1, 2]), shape: ["n", 1] }];
    expect(await gradientsAt((x) => x, inputs)).toEqual([
      [1, 1, 1],
      [0, 0],
    ]);
    const { x, w } = small();
    expect(gradients(ir.ReduceSum(x), [w])[0]!.shape).toEqual([2, 2]);
  });

  test("are named after the nodes they belong to", () => {
    const { builder, x, w } = small();
    const loss = builder.scoped("dense", () => ir.ReduceSum(ir.Tanh(ir.MatMul(x, w))));
    const [gradient] = gradients(loss, [w]);
    const { nodes } = builder.finish({ gradient: gradient! });
    const computed = nodes.filter(({ name, op }) => name.startsWith("gradients/") && op.type !== "Constant");
    expect(computed.map(({ name }) => name)).toEqual([
      "gradients/dense/ReduceSum/Reshape",
      "gradients/dense/ReduceSum/Expand",
      "gradients/dense/Tanh/Mul",
      "gradients/dense/Tanh/Sub",
      "gradients/dense/Tanh/Mul_1",
      "gradients/dense/MatMul/Transpose",
      "gradients/dense/MatMul/MatMul",
    ]);
  });

  test("record nothing for what is not asked for", () => {
    const { builder, x, w } = small();
    const loss = ir.ReduceSum(ir.MatMul(ir.Exp(x), w));
    gradients(loss, [w]);
    expect(builder.nodes.some(({ name }) => name.startsWith("gradients/Exp"))).toBe(false);
    expect(builder.nodes.filter(({ op }) => op.type === "MatMul")).toHaveLength(2);
  });

  test("of gradients of gradients", async () => {
    const smooth = (x: ir.Tracer) => ir.Div(ir.Exp(ir.Sin(x)), ir.Add(ir.Mul(x, x), 1));
    await expectGradients((x) => smooth(x), [vector], { order: 3, step: 1e-4, tolerance: 1e-5 });
  });
});

describe("refuses", () => {
  test("a loss that is no scalar", () => {
    const { x, w } = small();
    expect(() => gradients(ir.MatMul(x, w), [w])).toThrow(
      "gradients: Only a scalar has gradients. Expected: a loss of shape (). Received: (None, 2). " +
        "Reduce the loss with ReduceSum or ReduceMean.",
    );
  });

  test("integers", () => {
    const builder = new ir.GraphBuilder("test");
    const count = builder.input("count", [], "int32");
    const x = builder.input("x", [], "float32");
    expect(() => gradients(x, [count])).toThrow("Only floating values have gradients.");
    expect(() => gradients(count, [x])).toThrow("Received: int32.");
  });

  test("values of another graph", () => {
    expect(() => gradients(ir.ReduceSum(small().x), [small().w])).toThrow("belong to different graphs");
  });
});
