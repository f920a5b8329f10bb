import { dtypes, GraphBuilder, type PrimitiveGraph, ScatterND, Tensor, tensor, verifyGraph } from "@lamella/ir";
import { channelsFirst, fromOnnx, toOnnx } from "@lamella/onnx";
import { type Backend, reference } from "@lamella/runtime";
import { expect, test } from "vitest";

import { describePrimitives } from "../../../internal/conformance/src/primitives/index.ts";
import { onnxruntime } from "../src/index.ts";

/** The reference backend, on what a pass makes of a graph. */
function after(pass: (graph: PrimitiveGraph) => PrimitiveGraph): Backend {
  const host = reference();
  return {
    ...host,
    compile: (graph, options) => {
      const changed = pass(graph);
      verifyGraph(changed);
      return host.compile(changed, options);
    },
  };
}

describePrimitives({
  name: "ONNX Runtime, with channels first, and read back from ONNX",
  // One session at a time on few cores: no thread is worth its start.
  backend: onnxruntime({ intraOpThreads: 1 }),
  dtypes,
  routes: [after(channelsFirst), after((graph) => fromOnnx(toOnnx(graph)))],
});

test("ScatterND adds up equal indices, however many threads there are", async () => {
  const builder = new GraphBuilder("counts");
  const zeros = builder.constant(tensor([0, 0, 0, 0], [2, 2]));
  const index = builder.input("index", ["n", 1], "int32");
  const updates = builder.input("updates", ["n", 2], "float32");
  const graph = builder.finish({ counts: ScatterND(zeros, index, updates) });
  await using executable = await onnxruntime({ intraOpThreads: 4 }).compile(graph);
  const rows = 200_000;
  const feeds = {
    index: new Tensor(
      "int32",
      [rows, 1],
      Int32Array.from({ length: rows }, (_, i) => i % 2),
    ),
    updates: new Tensor("float32", [rows, 2], new Float32Array(2 * rows).fill(1)),
  };
  for (let i = 0; i < 5; i++) {
    const { counts } = await executable.run(feeds);
    expect((await counts!.read()).toNumbers()).toEqual([1, 1, 1, 1].map((one) => (one * rows) / 2));
  }
});
