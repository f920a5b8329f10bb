import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Add, GraphBuilder, LamellaError, MatMul, Mul, Reshape, Tanh, tensor, verifyGraph } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { ModelProtoSchema, NodeProtoSchema } from "../src/gen/onnx_pb.ts";
import { fromOnnx, toOnnx } from "../src/index.ts";

function failure(work: () => unknown): LamellaError | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof LamellaError) return error;
    throw error;
  }
  return undefined;
}

function example(): Uint8Array {
  const builder = new GraphBuilder("example");
  const x = builder.input("x", ["batch", "time", 4], "float32");
  const w = builder.input("w", [4, 4], "float32");
  const y = builder.scoped("dense", () => Tanh(Add(MatMul(x, w), 0.5)));
  return toOnnx(builder.finish({ y: Reshape(y, ["batch*time", 4]), w: Mul(w, 0.9) }));
}

describe("fromOnnx", () => {
  test("reads a Buffer, of which slices are views", () => {
    const builder = new GraphBuilder("constants");
    const x = builder.input("x", [3], "float32");
    const bytes = toOnnx(builder.finish({ y: Add(x, builder.constant(tensor([1, 2, 3]))) }));
    const { nodes } = fromOnnx(Buffer.from(bytes));
    const [constant] = nodes.flatMap(({ op }) => (op.type === "Constant" ? [op.attributes.value.toNumbers()] : []));
    expect(constant).toEqual([1, 2, 3]);
  });

  test("gives back ports, shapes and names", () => {
    const graph = fromOnnx(example());
    verifyGraph(graph);
    expect(graph.inputs.map(({ name }) => name)).toEqual(["x", "w"]);
    expect(graph.outputs.map(({ name }) => name)).toEqual(["y", "w"]);
    expect(graph.values[graph.outputs[0]!.value]!.shape).toEqual(["batch*time", 4]);
    expect(graph.nodes.map(({ name }) => name)).toEqual([
      "dense/MatMul",
      "dense/Constant",
      "dense/Add",
      "dense/Tanh",
      "Reshape",
      "Constant",
      "Mul",
    ]);
  });

  test("says that bytes are no model", () => {
    expect(failure(() => fromOnnx(new Uint8Array([1, 2, 3])))).toMatchObject({ code: "format" });
    expect(failure(() => fromOnnx(new Uint8Array()))).toMatchObject({ code: "format" });
    expect(failure(() => fromOnnx(new TextEncoder().encode("not a model at all")))).toMatchObject({ code: "format" });
  });

  test("names the node and the operator that it does not know", () => {
    const model = fromBinary(ModelProtoSchema, example());
    model.graph!.node.push(create(NodeProtoSchema, { name: "block/fft", opType: "DFT", input: ["x"], output: ["z"] }));
    const error = failure(() => fromOnnx(toBinary(ModelProtoSchema, model)));
    expect(error).toMatchObject({ code: "unsupported", where: "block/fft" });
    expect(error!.message).toContain("operator DFT");
    model.graph!.node.at(-1)!.domain = "com.example";
    expect(failure(() => fromOnnx(toBinary(ModelProtoSchema, model)))!.message).toContain("com.example.DFT");
  });

  test("refuses old operators", () => {
    const model = fromBinary(ModelProtoSchema, example());
    model.opsetImport[0]!.version = 9n;
    expect(failure(() => fromOnnx(toBinary(ModelProtoSchema, model)))).toMatchObject({ code: "unsupported" });
  });

  test("meets damaged bytes with a LamellaError or a graph that holds", () => {
    const bytes = example();
    for (let i = 0; i < bytes.length; i++) {
      for (const change of [1, 128]) {
        const damaged = bytes.slice();
        damaged[i]! ^= change;
        failure(() => verifyGraph(fromOnnx(damaged)));
      }
      failure(() => fromOnnx(bytes.slice(0, i)));
    }
    expect(bytes.length).toBeGreaterThan(100);
  });
});
