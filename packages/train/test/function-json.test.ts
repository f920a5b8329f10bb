import * as ir from "@lamella/ir";
import { expect, test } from "vitest";

import { functionFromJson, functionToJson } from "../src/function-json.ts";
import { graphToJson } from "../src/graph-json.ts";
import { computeLoss, losses, resolveLoss, resolveMetric } from "../src/index.ts";
import { expectClose, of, run } from "./train-values.ts";

const type = (shape: ir.Shape, dtype: ir.DType = "float32"): ir.ValueType => ({ shape, dtype });

test("a graph with a loop, constants and infinities comes back from JSON", async () => {
  const work = ([yTrue, yPred]: readonly [ir.Tracer, ir.Tracer]) => {
    const limits = ir.Constant(yPred.builder, ir.tensor([Infinity, -0, Number.NaN]));
    const padded = ir.ReduceMax(ir.Pad(yPred, [0, 0, 1, 0, 0, 0], -Infinity), { axes: [2] });
    const loss = computeLoss(losses.ctc({ reduction: "none" }), ir.Cast(yTrue, "int32"), yPred);
    const sign = ir.Div(1, ir.SliceAxis(limits, 0, 1, 2));
    return ir.Add(
      ir.Mul(loss, ir.ReduceMax(padded, { axes: [1] })),
      ir.Mul(ir.Cast(ir.Greater(sign, 0), "float32"), 100),
    );
  };
  const yTrue = of([
    [1, 2],
    [1, 0],
  ]);
  const yPred = of([
    [
      [0.5, 1, 2],
      [0.1, 3, 0],
      [1, 0, 2],
    ],
    [
      [2, 1, 0],
      [0, 0, 1],
      [1, 1, 1],
    ],
  ]);
  const builder = new ir.GraphBuilder("work");
  const result = work([
    builder.input("yTrue", ["batch", 2], "float32"),
    builder.input("yPred", ["batch", 3, 3], "float32"),
  ]);
  const json = { type: "Graph", name: "work", graph: graphToJson(builder.finish({ result })) };
  const again = functionFromJson(JSON.parse(JSON.stringify(json)), "loss");
  expect(again.name).toBe("work");
  const inputs = {
    yTrue: { value: yTrue, shape: ["batch", 2] },
    yPred: { value: yPred, shape: ["batch", 3, 3] },
  };
  const { first, second } = await run(inputs, (x) => ({
    first: work([x["yTrue"]!, x["yPred"]!]),
    second: again(x["yTrue"]!, x["yPred"]!),
  }));
  expect(second!.toNumbers()).toEqual(first!.toNumbers());
  expect(first!.toNumbers().every((value) => value > 0 && value < 50)).toBe(true);
});

test("targets without the axis of size 1 are those the function saw", async () => {
  const work = (yTrue: ir.SymbolicTensor, yPred: ir.SymbolicTensor) => ir.ops.absolute(ir.ops.subtract(yTrue, yPred));
  const spec = functionToJson(work, type(["batch"]), type(["batch", 1]));
  const loss = resolveLoss(spec, type(["batch"]), type(["batch", 1]));
  const inputs = {
    yTrue: { value: of([1, 2]), shape: ["batch"] },
    yPred: { value: of([[4], [2]]), shape: ["batch", 1] },
  };
  const { value } = await run(inputs, (x) => ({ value: computeLoss(loss, x["yTrue"]!, x["yPred"]!) }));
  expectClose(value!, 1.5);
});

test("what is not a graph is refused", () => {
  const any = type(["batch", 1]);
  const good = functionToJson((yTrue, yPred) => ir.ops.multiply(yTrue, yPred), any, any);
  const graph = good["graph"] as unknown as { readonly nodes: readonly object[] };
  const nodes = (change: object) => [{ ...graph.nodes[0], ...change }];
  for (const broken of [
    undefined,
    3,
    {},
    { ...graph, nodes: nodes({ type: "Invented" }) },
    { ...graph, nodes: nodes({ inputs: [0, 7] }) },
    { ...graph, nodes: nodes({ attributes: { x: {} } }) },
    { ...graph, outputs: [{ name: "result", value: 9 }] },
  ]) {
    const spec = { type: "Graph", name: "mine", graph: broken };
    expect(() => resolveLoss(spec, any, any)).toThrow("loss 'mine': This is not a graph of primitives.");
    expect(() => resolveMetric(spec, any, any)).toThrow("metrics 'mine': This is not a graph of primitives.");
  }
});
