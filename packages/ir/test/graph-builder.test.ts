import {
  Add,
  Cast,
  Concat,
  Constant,
  DimSize,
  Expand,
  GraphBuilder,
  MatMul,
  Mul,
  promoted,
  ReduceSum,
  Relu,
  Reshape,
  Reverse,
  Scan,
  SliceAxis,
  Sub,
  tensor,
  Transpose,
  verifyPrimitives,
} from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { expectError } from "./expect-error.ts";

function graphOf(shape: readonly (number | string)[] = ["batch", 3]) {
  const builder = new GraphBuilder("net");
  return { builder, x: builder.input("x", shape, "float32") };
}

describe("building", () => {
  test("names are paths, with a number from the second on", () => {
    const { builder, x } = graphOf();
    const y = builder.scoped("block", () => {
      const inner = builder.scoped("conv", () => Relu(Relu(x)));
      return Relu(inner);
    });
    builder.scoped("block", () => builder.scoped("conv", () => Relu(y)));
    const names = builder.nodes.map(({ name }) => name);
    expect(names).toEqual(["block/conv/Relu", "block/conv/Relu_1", "block/Relu", "block/conv/Relu_2"]);
  });

  test("a scope ends when its work throws", () => {
    const { builder, x } = graphOf();
    expect(() =>
      builder.scoped("block", () => {
        throw new Error("no");
      }),
    ).toThrow("no");
    Relu(x);
    expect(builder.nodes.at(-1)!.name).toBe("Relu");
  });

  test("equal scalars are one node; -0 is not 0, and dtypes differ", () => {
    const { builder } = graphOf();
    expect(builder.scalar(1, "float32").id).toBe(builder.scalar(1, "float32").id);
    const others = [builder.scalar(1, "int32"), builder.scalar(0, "float32"), builder.scalar(-0, "float32")];
    expect(new Set(others.map(({ id }) => id)).size).toBe(3);
    expect(builder.nodes).toHaveLength(4);
  });

  test("two inputs of one name are refused; a free name can be asked for", () => {
    const { builder } = graphOf();
    expectError(() => builder.input("x", [], "float32"), "name", "net: There are two inputs named 'x'.");
    expect(builder.freePortName("y")).toBe("y");
    expect(builder.freePortName("x")).toBe("x_1");
    builder.input("x_1", [], "float32");
    expect(builder.freePortName("x")).toBe("x_2");
  });

  test("an operator that does not fit is named by its path", () => {
    const { builder, x } = graphOf();
    expectError(
      () => builder.scoped("dense", () => MatMul(x, Constant(builder, tensor([[1]])))),
      "shape",
      "dense/MatMul: Matrices of shapes (None, 3) and (1, 1) cannot be multiplied.",
    );
  });

  test("a tracer of another graph is refused", () => {
    const { x } = graphOf();
    const { builder, x: foreign } = graphOf();
    expectError(
      () => Add(x, foreign),
      "graph",
      "Add: An input belongs to another graph.",
      "The body of a Scan captures nothing",
    );
    expectError(() => builder.finish({ y: x }), "graph", "net: Output 'y' belongs to another graph.");
  });

  test("numbers become scalars of the other operand's dtype", () => {
    const { builder } = graphOf();
    const indices = builder.input("i", [2], "int32");
    expect([Sub(1, indices).dtype, Mul(indices, 2).dtype]).toEqual(["int32", "int32"]);
    expectError(() => Add(1, 2), "graph", "At least one operand must belong to a graph.");
  });
});

describe("finish", () => {
  test("drops what no output needs, keeps all inputs, and numbers values in order", () => {
    const { builder, x } = graphOf();
    const spare = builder.input("spare", [], "int32");
    Relu(Relu(x));
    const y = Add(x, 1);
    Mul(y, 2);
    const graph = builder.finish({ y, again: y, x });
    expect(graph.inputs).toEqual([
      { name: "x", value: 0 },
      { name: "spare", value: 1 },
    ]);
    expect(graph.nodes.map(({ op }) => op.type)).toEqual(["Constant", "Add"]);
    expect(graph.outputs.map(({ name, value }) => [name, value])).toEqual([
      ["y", 3],
      ["again", 3],
      ["x", 0],
    ]);
    expect(graph.values).toHaveLength(4);
    expect(spare.id).not.toBe(1 + graph.values.length);
    verifyPrimitives(graph);
  });

  test("keeps a node of which one output is needed", () => {
    const { builder, x } = graphOf(["time", "batch", 3]);
    const start = Expand(Constant(builder, tensor(0)), ["batch", 3]);
    const result = Scan({ states: [start], scanned: [x] }, ({ states: [h], scanned: [slice] }) => {
      const next = Add(h!, slice!);
      return { states: [next], outputs: [Relu(next)] };
    });
    const graph = builder.finish({ y: result.outputs[0]! });
    expect(graph.nodes.at(-1)!.outputs).toHaveLength(2);
    verifyPrimitives(graph);
  });

  test("the builder can go on afterwards", () => {
    const { builder, x } = graphOf();
    const y = Relu(x);
    const before = builder.finish({ y });
    const z = Relu(y);
    expect(before.nodes).toHaveLength(1);
    expect(builder.finish({ z }).nodes).toHaveLength(2);
  });
});

describe("extend", () => {
  test("gives a node more outputs; the ones it had stay", () => {
    const { builder, x } = graphOf(["time", "batch", 3]);
    const start = Expand(Constant(builder, tensor(0)), ["batch", 3]);
    const result = Scan({ states: [start], scanned: [x] }, ({ states: [h], scanned: [slice] }) => ({
      states: [Add(h!, slice!)],
      outputs: [],
    }));
    const node = builder.nodes.at(-1)!;
    if (node.op.type !== "Scan") throw new Error("not a Scan");
    const { attributes } = node.op;
    const [state] = attributes.body.outputs;
    const body = { ...attributes.body, outputs: [state!, { name: "every", value: state!.value }] };
    const [every] = builder.extend(node, { type: "Scan", attributes: { ...attributes, body } });
    expect(every!.shape).toEqual(["time", "batch", 3]);
    const graph = builder.finish({ last: result.states[0]!, every: every! });
    verifyPrimitives(graph);
    expect(graph.outputs.map(({ value }) => graph.values[value]!.shape.length)).toEqual([2, 3]);
    expectError(() => builder.extend(node, node.op), "graph", "Scan: The node is not in the graph.");
  });
});

describe("operators", () => {
  test("leave out what does nothing", () => {
    const { builder, x } = graphOf([2, 3]);
    const same = [
      Reshape(x, [2, 3]),
      Transpose(x, [0, 1]),
      Expand(x, [2, 3]),
      Concat([x], 0),
      Cast(x, "float32"),
      ReduceSum(x, { axes: [] }),
    ];
    expect(same.every((y) => y === x)).toBe(true);
    expect(builder.nodes).toEqual([]);
  });

  test("reductions take all axes by default, in order, from either end", () => {
    const { builder, x } = graphOf([2, 3, 4]);
    expect(ReduceSum(x).shape).toEqual([]);
    ReduceSum(x, { axes: [-1, 0] });
    expect(builder.nodes.at(-1)!.op).toEqual({ type: "ReduceSum", attributes: { axes: [0, 2], keepdims: false } });
  });

  test("slices count from the end, and reverse any size", () => {
    const { x } = graphOf(["batch", 10]);
    expect(SliceAxis(x, 1, -3, 10).shape).toEqual(["batch", 3]);
    expect(SliceAxis(x, -1, 0, -1, 2).shape).toEqual(["batch", 5]);
    expect(Reverse(x, 0).shape).toEqual(["batch", 10]);
  });

  test("promoted operands share Keras's dtype", () => {
    const { builder, x } = graphOf();
    const [a, b] = promoted(x, builder.input("i", [3], "int64"));
    expect([a.dtype, b.dtype]).toEqual(["float32", "float32"]);
  });

  test("the size of a known dim is a constant", () => {
    const { builder } = graphOf();
    DimSize(builder, 5);
    DimSize(builder, "batch");
    expect(builder.nodes.map(({ op }) => op.type)).toEqual(["Constant", "DimSize"]);
  });

  test("a Scan needs something to scan, and captures nothing", () => {
    const { x } = graphOf();
    expectError(
      () => Scan({ states: [x], scanned: [] }, () => ({ states: [], outputs: [] })),
      "graph",
      "Scan: A Scan needs",
    );
    expectError(
      () => Scan({ states: [], scanned: [x] }, ({ scanned: [slice] }) => ({ states: [], outputs: [Add(slice!, x)] })),
      "graph",
      "An input belongs to another graph.",
      "pass outer values as invariants",
    );
  });
});
