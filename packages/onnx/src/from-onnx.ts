import { GraphBuilder, LamellaError, locate, type PrimitiveGraph, type Tracer } from "@lamella/ir";

import type { GraphProto, NodeProto } from "./gen/onnx_pb.ts";
import { elementwiseRows } from "./import/elementwise.ts";
import { type Known, value } from "./import/known.ts";
import { type ImportRow, NodeReader } from "./import/node-reader.ts";
import { readModel, readPort, readTensor } from "./import/proto-reader.ts";
import { scanRows } from "./import/scan.ts";
import { Scope } from "./import/scope.ts";
import { shapingRows } from "./import/shaping.ts";
import { sizeResult } from "./import/sizes.ts";
import { spatialRows } from "./import/spatial.ts";
import { portNameKey } from "./proto.ts";

const rows: Readonly<Record<string, ImportRow>> = { ...elementwiseRows, ...shapingRows, ...spatialRows, ...scanRows };

/** The first opset in which all operators take their axes as inputs. */
const oldestOpset = 18;

function readNode(proto: NodeProto, scope: Scope): void {
  const node = new NodeReader(proto, scope, readGraph);
  const size = proto.domain === "" ? sizeResult(node) : undefined;
  if (size !== undefined) return scope.define(proto.output[0]!, size);
  const row = proto.domain === "" && Object.hasOwn(rows, proto.opType) ? rows[proto.opType] : undefined;
  if (row === undefined) {
    const operator = proto.domain === "" ? proto.opType : `${proto.domain}.${proto.opType}`;
    throw new LamellaError("unsupported", { problem: `The ONNX operator ${operator} has no counterpart.` });
  }
  const at = proto.name.lastIndexOf("/");
  const result = at < 0 ? row(node) : scope.builder.scoped(proto.name.slice(0, at), () => row(node));
  const outputs: readonly (Known | Tracer)[] = Array.isArray(result) ? result : [result as Tracer];
  for (const [i, output] of outputs.entries()) {
    scope.define(proto.output[i] ?? "", "kind" in output ? output : value(output));
  }
}

function readGraph(graph: GraphProto, scope: Scope): void {
  for (const tensor of graph.initializer) scope.define(tensor.name, { kind: "constant", tensor: readTensor(tensor) });
  for (const node of graph.node) locate(node.name === "" ? node.opType : node.name, () => readNode(node, scope));
}

/**
 * The primitive graph of an ONNX model that `toOnnx` wrote. Initializers become constants; convolutions and pooling have
 * their channels first. Models of other origin are read as far as they use the same operators.
 *
 * @throws LamellaError `format` for bytes that are no model, `unsupported` naming the node and its operator.
 */
export function fromOnnx(bytes: Uint8Array): PrimitiveGraph {
  const model = readModel(bytes);
  const graph = model.graph!;
  const opset = Number(model.opsetImport.find(({ domain }) => domain === "")?.version ?? 0);
  if (opset < oldestOpset) {
    throw new LamellaError("unsupported", {
      problem: `Opset ${opset} is too old.`,
      expected: `opset ${oldestOpset} or newer`,
    });
  }
  const builder = new GraphBuilder(graph.name);
  const scope = new Scope(builder);
  const constants = new Set(graph.initializer.map(({ name }) => name));
  for (const input of graph.input) {
    const { name, shape, dtype } = readPort(input);
    if (!constants.has(name)) scope.define(name, value(builder.input(name, shape, dtype)));
  }
  readGraph(graph, scope);
  const outputs = graph.output.map(({ name, metadataProps }): [string, Tracer] => {
    const ownName = metadataProps.find(({ key }) => key === portNameKey)?.value ?? name;
    return [ownName, scope.tracer(name)];
  });
  return builder.finish(Object.fromEntries(outputs));
}
