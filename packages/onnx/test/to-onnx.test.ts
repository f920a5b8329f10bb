import { fromBinary } from "@bufbuild/protobuf";
import {
  Add,
  Exp,
  GraphBuilder,
  LamellaError,
  MatMul,
  type PrimitiveGraph,
  Range,
  Reshape,
  Scan,
  SliceAxis,
  tensor,
} from "@lamella/ir";
import { describe, expect, test } from "vitest";

import { ModelProtoSchema } from "../src/gen/onnx_pb.ts";
import { toOnnx, type ToOnnxOptions } from "../src/index.ts";

function model(graph: PrimitiveGraph, options?: ToOnnxOptions) {
  return fromBinary(ModelProtoSchema, toOnnx(graph, options));
}

function failure(work: () => unknown): LamellaError {
  try {
    work();
  } catch (error) {
    if (error instanceof LamellaError) return error;
  }
  throw new Error("Expected a LamellaError.");
}

/** A dense layer named as layers name their nodes. */
function dense(...kept: readonly string[]) {
  const builder = new GraphBuilder("classifier");
  const x = builder.input("image", ["batch", 3], "float32");
  const kernel = builder.input("dense/kernel", [3, 2], "float32");
  const bias = builder.input("dense/bias", [2], "float32");
  const y = builder.scoped("dense", () => Add(MatMul(x, kernel), bias));
  const outputs = Object.entries({ logits: y, "dense/kernel": Add(kernel, 1) });
  return builder.finish(Object.fromEntries(outputs.filter(([name]) => kept.length === 0 || kept.includes(name))));
}

describe("toOnnx", () => {
  test("keeps the names of ports, nodes and sizes", () => {
    const { graph, irVersion, opsetImport, producerName } = model(dense());
    expect(graph!.name).toBe("classifier");
    expect(graph!.input.map(({ name }) => name)).toEqual(["image", "dense/kernel", "dense/bias"]);
    expect(graph!.node.map(({ name, output }) => [name, output[0]])).toEqual([
      ["dense/MatMul", "dense/MatMul"],
      ["dense/Add", "logits"],
      ["Add", "dense/kernel_out"],
    ]);
    const { value: type } = graph!.input[0]!.type!;
    expect(type.case === "tensorType" && type.value.shape?.dim.map(({ value }) => value.value)).toEqual(["batch", 3n]);
    expect({ irVersion, opset: opsetImport[0]!.version, producerName }).toEqual({
      irVersion: 10n,
      opset: 21n,
      producerName: "lamella",
    });
  });

  test("makes weights initializers", () => {
    const weights = {
      "dense/kernel": tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      "dense/bias": tensor([0, 1]),
    };
    const { graph, docString } = model(dense("logits"), { weights, docString: "Tells cats from dogs." });
    expect(graph!.input.map(({ name }) => name)).toEqual(["image"]);
    const kernel = graph!.initializer.find(({ name }) => name === "dense/kernel")!;
    expect(kernel.dims).toEqual([3n, 2n]);
    expect([...new Float32Array(kernel.rawData.slice().buffer)]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(docString).toBe("Tells cats from dogs.");
  });

  test("refuses weights that are no inputs, or do not fit", () => {
    expect(failure(() => toOnnx(dense(), { weights: { kernel: tensor([1]) } }))).toMatchObject({ code: "name" });
    const misfit = failure(() => toOnnx(dense(), { weights: { "dense/bias": tensor([1, 2, 3]) } }));
    expect(misfit).toMatchObject({ code: "shape", where: "dense/bias" });
    expect(failure(() => toOnnx(dense(), { opset: 7 }))).toMatchObject({ code: "config" });
  });

  test("computes a size once, at the front of the outermost graph", () => {
    const builder = new GraphBuilder("sizes");
    const x = builder.input("x", ["time", "batch", 4], "float32");
    const half = SliceAxis(x, 0, "floor(time/2)", "time");
    const again = SliceAxis(x, 0, "floor(time/2)", "time");
    const { outputs } = Scan({ states: [], scanned: [x] }, ({ scanned }) => ({
      states: [],
      outputs: [Add(Reshape(scanned[0]!, ["batch*4"]), Reshape(Exp(scanned[0]!), ["batch*4"]))],
    }));
    const { graph } = model(builder.finish({ half, again, y: outputs[0]! }));
    expect(graph!.node.filter(({ opType }) => opType === "Shape").map(({ name }) => name)).toEqual(["size/time"]);
    const types = graph!.node.map(({ opType }) => opType);
    expect(types.slice(0, 4)).toEqual(["Shape", "Mod", "Sub", "Div"]);
    const body = graph!.node.find(({ opType }) => opType === "Scan")!.attribute.find(({ name }) => name === "body")!.g!;
    expect(body.node.map(({ opType }) => opType)).toEqual(["Reshape", "Exp", "Reshape", "Add"]);
    expect(body.node[0]!.name).toBe("Scan/Reshape");
  });

  test("gives equal small constants one initializer, and every value a name of its own", () => {
    const builder = new GraphBuilder("names");
    const x = builder.input("Add", [2], "float32");
    const y = Add(Add(x, builder.constant(tensor(1))), builder.constant(tensor(1)));
    const { graph } = model(builder.finish({ Add_1: y }));
    expect(graph!.initializer).toHaveLength(1);
    const outputs = graph!.node.flatMap(({ output }) => output);
    expect(new Set([...outputs, "Add"]).size).toBe(outputs.length + 1);
    expect(outputs.at(-1)).toBe("Add_1");
  });

  test("says what ONNX cannot know", () => {
    const builder = new GraphBuilder("lost");
    builder.input("x", ["batch"], "float32");
    const lost = failure(() => toOnnx(builder.finish({ y: Range(builder, "time") })));
    expect(lost).toMatchObject({ code: "unsupported", where: "Range" });
  });
});
