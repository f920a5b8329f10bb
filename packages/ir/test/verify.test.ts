import {
  Add,
  Constant,
  Expand,
  type Graph,
  GraphBuilder,
  MatMul,
  type Node,
  type PrimitiveGraph,
  type PrimitiveOp,
  Relu,
  Scan,
  tensor,
  verifyGraph,
  verifyPrimitives,
} from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { expectError } from "./expect-error.ts";

type Plain = Graph<string>;

const float = { shape: ["batch"], dtype: "float32" } as const;

/** x -> a -> b -> y, and x -> y through a second input of b. */
const plain: Plain = {
  name: "net",
  inputs: [{ name: "x", value: 0 }],
  outputs: [{ name: "y", value: 2 }],
  nodes: [
    { name: "a", op: "A", inputs: [0], outputs: [1] },
    { name: "b", op: "B", inputs: [1, 0], outputs: [2] },
  ],
  values: [float, float, float],
};

describe("every graph", () => {
  test("that is well made passes", () => {
    expect(() => verifyGraph(plain)).not.toThrow();
    expect(() => verifyGraph({ name: "empty", inputs: [], outputs: [], nodes: [], values: [] })).not.toThrow();
  });

  const node = (index: number, change: Partial<Node<string>>): Partial<Plain> => ({
    nodes: plain.nodes.map((old, i) => (i === index ? Object.assign({ ...old }, change) : old)),
  });

  test.for<[string, Partial<Plain>, string]>([
    ["a node before what it needs", { nodes: plain.nodes.toReversed() }, "'b' takes value 1 before anything gives it."],
    ["a cycle", node(0, { inputs: [2] }), "'a' takes value 2 before anything gives it."],
    ["a node that takes its own output", node(0, { inputs: [1] }), "'a' takes value 1 before anything gives it."],
    ["a value that is not there", node(0, { inputs: [7] }), "'a' takes value 7 before anything gives it."],
    ["an output that is not declared", node(1, { outputs: [2, 3] }), "'b' gives value 3, which is not declared."],
    ["two producers", node(1, { outputs: [1, 2] }), "Value 1 has two producers; 'b' is the second."],
    ["a node that gives an input", node(0, { outputs: [0, 1] }), "Value 0 has two producers; 'a' is the second."],
    ["a value that nothing gives", { values: [float, float, float, float] }, "Nothing gives value 3."],
    [
      "an output of the graph that nothing gives",
      { values: [float, float, float, float], outputs: [{ name: "y", value: 3 }] },
      "Output 'y' is value 3, which nothing gives.",
    ],
    [
      "an input that is not declared",
      { inputs: [...plain.inputs, { name: "z", value: 9 }] },
      "'z' gives value 9, which is not declared.",
    ],
    [
      "two inputs that are one value",
      { inputs: [...plain.inputs, { name: "z", value: 0 }] },
      "Value 0 has two producers; 'z' is the second.",
    ],
    [
      "two inputs of one name",
      { inputs: [...plain.inputs, { name: "x", value: 3 }], values: [float, float, float, float] },
      "Two ports are named 'x'.",
    ],
    ["two outputs of one name", { outputs: [...plain.outputs, { name: "y", value: 1 }] }, "Two ports are named 'y'."],
  ])("%s is caught", ([, change, problem]) => {
    expectError(() => verifyGraph({ ...plain, ...change }), "graph", `net: ${problem}`);
  });

  test("one value may have two names as an output", () => {
    const outputs = [...plain.outputs, { name: "again", value: 2 }];
    expect(() => verifyGraph({ ...plain, outputs })).not.toThrow();
  });
});

function product(): PrimitiveGraph {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", ["batch", 2], "float32");
  return builder.finish({ y: Relu(MatMul(x, Constant(builder, tensor([[1], [2]])))) });
}

function loop(): PrimitiveGraph {
  const builder = new GraphBuilder("net");
  const x = builder.input("x", ["time", "batch", 3], "float32");
  const start = Expand(Constant(builder, tensor(0)), ["batch", 3]);
  const bias = Constant(builder, tensor([1, 2, 3]));
  const result = Scan(
    { states: [start], invariants: [bias], scanned: [x] },
    ({ states: [h], invariants: [b], scanned: [slice] }) => {
      const next = Add(Add(h!, slice!), b!);
      return { states: [next], outputs: [Relu(next)] };
    },
  );
  return builder.finish({ y: result.outputs[0]! });
}

/** The graph with its node of that type changed. */
function changed(graph: PrimitiveGraph, type: string, change: (node: Node<PrimitiveOp>) => Node<PrimitiveOp>) {
  return { ...graph, nodes: graph.nodes.map((node) => (node.op.type === type ? change(node) : node)) };
}

/** The graph with another type for the value of that number. */
function retyped(graph: PrimitiveGraph, id: number, type: Partial<PrimitiveGraph["values"][number]>): PrimitiveGraph {
  return { ...graph, values: graph.values.map((old, i) => (i === id ? Object.assign({ ...old }, type) : old)) };
}

describe("primitive graphs", () => {
  test("that are well made pass", () => {
    expect(() => verifyPrimitives(product())).not.toThrow();
    expect(() => verifyPrimitives(loop())).not.toThrow();
  });

  test("keep the invariants of all graphs", () => {
    expectError(() => verifyPrimitives({ ...product(), nodes: [] }), "graph", "net: ");
  });

  test("a declared shape or dtype that the operator does not give", () => {
    const graph = product();
    const last = graph.outputs[0]!.value;
    expectError(
      () => verifyPrimitives(retyped(graph, last, { shape: ["batch", 2] })),
      "graph",
      "net: Output 0 of 'Relu' is declared float32 [batch, 2], but its operator gives float32 [batch, 1].",
    );
    expectError(
      () => verifyPrimitives(retyped(graph, last, { dtype: "int32" })),
      "graph",
      "Output 0 of 'Relu' is declared int32 [batch, 1], but its operator gives float32 [batch, 1].",
    );
  });

  test("an operator that does not fit its inputs is named", () => {
    const graph = product();
    expectError(
      () => verifyPrimitives(retyped(graph, graph.inputs[0]!.value, { shape: ["batch", 5] })),
      "shape",
      "MatMul: Matrices of shapes (None, 5) and (2, 1) cannot be multiplied.",
    );
    const missing = changed(graph, "MatMul", (node) => ({ ...node, inputs: node.inputs.slice(1) }));
    expectError(() => verifyPrimitives(missing), "graph", "MatMul: Wrong number of inputs for MatMul.");
  });

  test("too many and too few outputs", () => {
    const graph = product();
    const values = [...graph.values, { shape: [], dtype: "float32" } as const];
    const more = changed(graph, "Relu", (node) => ({ ...node, outputs: [...node.outputs, graph.values.length] }));
    expectError(
      () => verifyPrimitives({ ...more, values }),
      "graph",
      "net: Output 1 of 'Relu' is declared float32 [], but its operator gives nothing.",
    );
    const none = changed(graph, "Relu", (node) => ({ ...node, outputs: [] }));
    const without = { ...none, outputs: [], values: graph.values.slice(0, -1) };
    expectError(
      () => verifyPrimitives(without),
      "graph",
      "net: Output 0 of 'Relu' is declared nothing, but its operator gives float32 [batch, 1].",
    );
  });
});

describe("Scan bodies", () => {
  /** The loop with its body changed. */
  function withBody(change: (body: PrimitiveGraph) => PrimitiveGraph): PrimitiveGraph {
    return changed(loop(), "Scan", (node) => {
      if (node.op.type !== "Scan") return node;
      const { attributes } = node.op;
      return { ...node, op: { type: "Scan", attributes: { ...attributes, body: change(attributes.body) } } };
    });
  }

  test("are verified themselves", () => {
    const broken = withBody((body) => retyped(body, body.outputs[1]!.value, { dtype: "int32" }));
    expectError(() => verifyPrimitives(broken), "graph", "body: Output 0 of 'Relu' is declared int32 [batch, 3]");
  });

  test("take what the node gives them", () => {
    const graph = loop();
    const [x] = graph.inputs;
    expectError(
      () => verifyPrimitives(retyped(graph, x!.value, { shape: ["time", "batch", 1] })),
      "graph",
      "net: The body of 'Scan' takes float32 [batch, 3] as 'scanned0', but is given float32 [batch, 1].",
    );
  });

  test("end with the states they begin with", () => {
    const builder = new GraphBuilder("net");
    const x = builder.input("x", ["time", 3], "float32");
    const start = Constant(builder, tensor(0));
    const result = Scan({ states: [start], scanned: [x] }, ({ states: [h], scanned: [slice] }) => ({
      states: [Add(h!, slice!)],
      outputs: [],
    }));
    const graph = builder.finish({ y: result.states[0]! });
    expectError(
      () => verifyPrimitives(graph),
      "graph",
      "net: State 0 of 'Scan' enters as float32 [] and leaves as float32 [3].",
    );
    const stateless = withBody((body) => ({ ...body, outputs: [] }));
    expectError(() => verifyPrimitives(stateless), "graph", "enters as float32 [batch, 3] and leaves as nothing.");
  });
});
