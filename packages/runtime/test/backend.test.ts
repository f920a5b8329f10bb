import * as ir from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { describeContract } from "../../../internal/conformance/src/backend-contract.ts";
import { bindFeeds, type DeviceTensor, hostTensor, lastUses, reference, specialize } from "../src/index.ts";
import { counting, evaluate, evaluateAll, of } from "./evaluate.ts";

/** y = x * w, with a batch of any size. */
function product(): ir.PrimitiveGraph {
  const builder = new ir.GraphBuilder("product");
  const x = builder.input("x", ["batch", 2], "float32");
  const w = builder.input("w", [2, 2], "float32");
  return builder.finish({ y: ir.MatMul(x, w) });
}
const w = of("float32", [
  [1, 2],
  [3, 4],
]);

describe("bindFeeds", () => {
  const described = (shape: number[], dtype: ir.DType = "float32") => ({ shape, dtype });

  test("learns the symbols", () => {
    expect(bindFeeds(product(), { x: described([7, 2]), w: described([2, 2]) })).toEqual({ batch: 7 });
  });

  test.each([
    [
      { x: described([7, 2]) },
      "product: The input 'w' is not fed. Expected: float32 of shape (2, 2). Received: inputs x.",
    ],
    [{}, "product: The input 'x' is not fed. Expected: float32 of shape (batch, 2). Received: no inputs."],
    [
      { x: described([7, 3]), w: described([2, 2]) },
      "product, input 'x': Wrong shape. Expected: (batch, 2). Received: (7, 3), 3 at axis 1 where 2 is needed.",
    ],
    [
      { x: described([7]), w: described([2, 2]) },
      "product, input 'x': Wrong shape. Expected: (batch, 2). Received: (7,), rank 1 where rank 2 is needed.",
    ],
    [
      { x: described([7, 2], "int32"), w: described([2, 2]) },
      "product, input 'x': Wrong dtype. Expected: float32. Received: int32.",
    ],
    [
      { X: described([7, 2]), w: described([2, 2]) },
      "product: There is no input 'X'. Expected: inputs x, w. Did you mean 'x'?",
    ],
  ])("says what does not fit: %o", (feeds, message) => {
    expect(() => bindFeeds(product(), feeds)).toThrow(
      expect.objectContaining({ name: "LamellaError", code: "data", message }),
    );
  });

  test("one symbol has one value, wherever it stands", () => {
    const builder = new ir.GraphBuilder("pair");
    const a = builder.input("a", ["time*2"], "float32");
    builder.input("b", ["time"], "float32");
    const graph = builder.finish({ a });
    expect(bindFeeds(graph, { a: described([6]), b: described([3]) })).toEqual({ time: 3 });
    expect(() => bindFeeds(graph, { a: described([5]), b: described([3]) })).toThrow(
      "pair, input 'a': Wrong shape. Expected: (time*2). Received: (5,), 5 at axis 0 where time*2 = 6 is needed.",
    );
  });

  test("an input may have any name", () => {
    const builder = new ir.GraphBuilder("odd");
    const graph = builder.finish({ y: builder.input("constructor", [], "float32") });
    expect(() => bindFeeds(graph, {})).toThrow("The input 'constructor' is not fed.");
  });
});

describe("hostTensor", () => {
  test("is read until it is disposed", async () => {
    const held = hostTensor(w);
    expect(held).toMatchObject({ shape: [2, 2], dtype: "float32" });
    expect(await held.read()).toBe(w);
    held.dispose();
    held.dispose();
    await expect(held.read()).rejects.toMatchObject({ name: "LamellaError", code: "state" });
  });
});

describe("the reference backend", () => {
  describeContract({ backend: reference(), others: [] });

  test("is always there", async () => {
    expect(reference().name).toBe("reference");
    expect(await reference().check()).toBeUndefined();
  });

  test("runs many times, with any batch", async () => {
    await using executable = await reference().compile(product());
    for (const batch of [1, 3, 1, 0]) {
      const { y } = await executable.run({ x: counting([batch, 2]), w });
      const expected = Array.from({ length: batch }, (_, i) => [2 * i + 3 * (2 * i + 1), 4 * i + 4 * (2 * i + 1)]);
      expect(y!.shape).toEqual([batch, 2]);
      expect((await y!.read()).toArray()).toEqual(expected);
    }
  });

  test("takes its own outputs, uploads and other backends' tensors for inputs", async () => {
    const backend = reference();
    await using executable = await backend.compile(product());
    const other: DeviceTensor = { shape: [1, 2], dtype: "float32", read: async () => counting([1, 2]), dispose() {} };
    const first = await executable.run({ x: other, w: backend.upload(w) });
    const second = await executable.run({ x: first["y"]!, w });
    expect((await second["y"]!.read()).toArray()).toEqual([[15, 22]]);
    first["y"]!.dispose();
    await expect(executable.run({ x: first["y"]!, w })).rejects.toMatchObject({ code: "state" });
  });

  test("constants are embedded and no longer fed", async () => {
    await using executable = await reference().compile(product(), { constants: { w } });
    const { y } = await executable.run({ x: counting([1, 2]) });
    expect((await y!.read()).toArray()).toEqual([[3, 4]]);
    await expect(executable.run({ x: counting([1, 2]), w })).rejects.toMatchObject({ code: "data" });
    await expect(reference().compile(product(), { constants: { w: counting([3, 2]) } })).rejects.toMatchObject({
      code: "data",
      where: "product, input 'w'",
    });
    await expect(reference().compile(product(), { constants: { v: w } })).rejects.toMatchObject({ code: "data" });
  });

  test("constants decide symbols", async () => {
    const builder = new ir.GraphBuilder("table");
    const table = builder.input("table", ["words", 2], "float32");
    const graph = builder.finish({ y: ir.Gather(table, ir.Range(builder, "words")) });
    await using executable = await reference().compile(graph, { constants: { table: counting([2, 2]) } });
    const { y } = await executable.run({});
    expect((await y!.read()).toArray()).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test("a graph may give its inputs back, under two names", async () => {
    const outputs = await evaluateAll(
      (builder) => {
        const x = builder.input("x", [2], "float32");
        return { a: x, b: ir.Identity(x), c: x };
      },
      { x: counting([2]) },
    );
    expect(Object.keys(outputs)).toEqual(["a", "b", "c"]);
    expect(outputs["c"]!.toArray()).toEqual([0, 1]);
  });
});

describe("precision float64", () => {
  const feeds = { x: of("float64", 0.1) };
  const build = (builder: ir.GraphBuilder) => {
    const x = builder.input("x", [], "float32");
    const one = ir.Cast(ir.Cast(builder.scalar(1 / 3, "float64"), "float16"), "float32");
    return ir.Add(ir.Mul(x, x), one);
  };

  test("keeps every float as float64", async () => {
    const y = await evaluate(build, feeds, { precision: "float64" });
    expect(y.dtype).toBe("float64");
    expect(y.data[0]).toBe(0.1 * 0.1 + 1 / 3);
  });

  test("takes float32 feeds as well, and gives outputs back in", async () => {
    await using executable = await reference({ precision: "float64" }).compile(product(), { constants: { w } });
    const first = await executable.run({ x: of("float32", [[0.5, 1e-20]]) });
    expect(first["y"]!.dtype).toBe("float64");
    const second = await executable.run({ x: first["y"]! });
    expect((await second["y"]!.read()).toArray()).toEqual([[3.5, 5]]);
  });

  test("without it, float64 feeds are refused", async () => {
    await expect(evaluate(build, feeds)).rejects.toMatchObject({ code: "data", expected: "float32" });
  });

  test("integers stay what they are, bodies of Scan are widened", async () => {
    const outputs = await evaluateAll(
      (builder) => {
        const x = builder.input("x", ["n"], "float32");
        const { states } = ir.Scan(
          { states: [builder.scalar(0, "float32"), builder.scalar(0, "int32")], scanned: [x] },
          ({ states: [sum, count], scanned: [value] }) => ({
            states: [ir.Add(sum!, ir.Mul(value!, 0.1)), ir.Add(count!, 1)],
            outputs: [],
          }),
        );
        return { sum: states[0]!, count: states[1]! };
      },
      { x: of("float32", [1, 1]) },
      { precision: "float64" },
    );
    expect(outputs["sum"]!.data[0]).toBeCloseTo(0.2, 7);
    expect(outputs["sum"]!.dtype).toBe("float64");
    expect(outputs["count"]).toMatchObject({ dtype: "int32", data: Int32Array.of(2) });
  });
});

describe("symbolic sizes", () => {
  test("are evaluated with the sizes of the run", async () => {
    const outputs = await evaluateAll(
      (builder) => {
        const x = builder.input("x", ["batch", "time"], "float32");
        return {
          size: ir.DimSize(builder, ir.mulDim("time", "batch")),
          range: ir.Range(builder, ir.addDim("time", 1)),
          flat: ir.Reshape(x, [ir.mulDim("time", "batch")]),
          wide: ir.Expand(ir.Reshape(x, ["batch", 1, "time"]), ["batch", 2, "time"]),
          reversed: ir.Reverse(x, 1),
          halved: ir.SliceAxis(x, 1, 0, ir.floorDivDim("time", 2)),
          padded: ir.Pad(x, [0, 0, 0, ir.subDim(4, "time")]),
        };
      },
      { x: counting([2, 3]) },
    );
    const arrays = Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, value.toArray()]));
    expect(arrays).toEqual({
      size: 6,
      range: [0, 1, 2, 3],
      flat: [0, 1, 2, 3, 4, 5],
      wide: [
        [
          [0, 1, 2],
          [0, 1, 2],
        ],
        [
          [3, 4, 5],
          [3, 4, 5],
        ],
      ],
      reversed: [
        [2, 1, 0],
        [5, 4, 3],
      ],
      halved: [[0], [3]],
      padded: [
        [0, 1, 2, 0],
        [3, 4, 5, 0],
      ],
    });
  });

  test("a slice that comes out below nothing is empty", async () => {
    const y = await evaluate((builder) => ir.SliceAxis(builder.input("x", ["time"], "float32"), 0, 3, "time"), {
      x: counting([2]),
    });
    expect(y.shape).toEqual([0]);
  });

  test("gradients of windows take symbolic input shapes", async () => {
    const attributes = { layout: "channelsLast", strides: [2], pads: [0, 0] } as const;
    const dx = await evaluate(
      (builder) => {
        const x = builder.input("x", ["batch", "time", 1], "float32");
        const y = ir.AveragePool(x, { ...attributes, kernelShape: [2] });
        return ir.AveragePoolGrad(y, { ...attributes, kernelShape: [2], inputShape: x.shape });
      },
      { x: counting([1, 5, 1]) },
    );
    expect(dx.toNumbers()).toEqual([0.25, 0.25, 1.25, 1.25, 0]);
  });

  test("two symbols that should be equal and are not: the error names the node", async () => {
    const run = (n: number, m: number) =>
      evaluate(
        (builder) => {
          const a = builder.input("a", ["n"], "float32");
          const b = builder.input("b", ["m"], "float32");
          return builder.scoped("merge", () => ir.Add(a, b));
        },
        { a: counting([n]), b: counting([m]) },
      );
    expect((await run(2, 2)).toArray()).toEqual([0, 2]);
    await expect(run(2, 3)).rejects.toMatchObject({ code: "shape", where: "merge/Add" });
    await expect(run(1, 3)).rejects.toMatchObject({ code: "shape", where: "merge/Add", expected: "(3)" });
  });

  test("specialize replaces what it is told and leaves the rest, in bodies too", () => {
    const builder = new ir.GraphBuilder("g");
    const x = builder.input("x", ["batch", "time"], "float32");
    const { outputs } = ir.Scan({ states: [], scanned: [x] }, ({ scanned: [row] }) => ({
      states: [],
      outputs: [ir.Reshape(row!, ["time", 1])],
    }));
    const graph = specialize(builder.finish({ y: outputs[0]! }), { time: 5 });
    expect(graph.values[graph.outputs[0]!.value]!.shape).toEqual(["batch", 5, 1]);
    const { op } = graph.nodes[0]!;
    expect(op).toMatchObject({
      type: "Scan",
      attributes: { body: { nodes: [{ op: { attributes: { shape: [5, 1] } } }] } },
    });
  });
});

describe("lastUses", () => {
  const released = ({ nodes, outputs }: ir.PrimitiveGraph) =>
    lastUses(
      nodes,
      outputs.map(({ value }) => value),
    );

  test("lets every value go once, after its last use, and outputs never", () => {
    const builder = new ir.GraphBuilder("g");
    const x = builder.input("x", [2], "float32");
    const a = ir.Neg(x);
    const b = ir.Mul(a, a);
    const c = ir.Add(b, x);
    const graph = builder.finish({ b, c });
    const names = new Map([...graph.inputs, ...graph.outputs].map(({ name, value }) => [value, name]));
    const last = released(graph).map((ids) => ids.map((id) => names.get(id) ?? "a"));
    expect(last).toEqual([[], ["a"], ["x"]]);
  });

  test("outputs that nobody uses go at once", () => {
    const builder = new ir.GraphBuilder("g");
    const x = builder.input("x", [2], "float32");
    const scan = ir.Scan({ states: [], scanned: [x] }, ({ scanned: [v] }) => ({
      states: [],
      outputs: [v!, ir.Neg(v!)],
    }));
    const graph = builder.finish({ y: scan.outputs[1]! });
    expect(released(graph)).toEqual([[graph.inputs[0]!.value, graph.nodes[0]!.outputs[0]]]);
  });
});
