import { create, toBinary } from "@bufbuild/protobuf";
import { LamellaError, type PrimitiveGraph, type Tensor, unknownName } from "@lamella/ir";

import { GraphEmitter } from "./emit/graph.ts";
import { ModelEmitter } from "./emit/model.ts";
import { emitTable } from "./emit/table.ts";
import { ModelProtoSchema } from "./gen/onnx_pb.ts";
import { channelsFirst } from "./layout/channels-first.ts";
import { withConstants } from "./with-constants.ts";

export interface ToOnnxOptions {
  /** Inputs, by name, that become initializers and are no inputs any more. */
  readonly weights?: Readonly<Record<string, Tensor>>;
  /** Version of the ONNX operator set. */
  readonly opset?: number;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly docString?: string;
}

/** The versions whose operators mean what the emitters write, each with its version of the file format. */
const formatVersions: Readonly<Record<number, number>> = { 21: 10, 22: 10, 23: 11, 24: 12 };

/**
 * A primitive graph as the bytes of an ONNX model. Inputs and outputs keep their names, symbols become dim_params, nodes
 * keep their paths. An output that has the name of an input is called `<name>_out`; outputs keep their order.
 *
 * @throws LamellaError `unsupported` where ONNX cannot say it, `name` for weights that are no inputs.
 */
export function toOnnx(graph: PrimitiveGraph, options: ToOnnxOptions = {}): Uint8Array<ArrayBuffer> {
  const { weights = {}, opset = 21 } = options;
  const irVersion = formatVersions[opset];
  if (irVersion === undefined) {
    throw new LamellaError("config", {
      where: "toOnnx",
      problem: "Unknown opset.",
      expected: `one of ${Object.keys(formatVersions).join(", ")}`,
      received: String(opset),
    });
  }
  for (const name of Object.keys(weights)) {
    const known = graph.inputs.map((port) => port.name);
    if (!known.includes(name)) throw unknownName("graph input", name, known, "toOnnx");
  }
  const prepared = channelsFirst(withConstants(graph, weights));
  const model = new ModelEmitter();
  const emitter = new GraphEmitter(model, prepared, emitTable);
  const inputs = prepared.inputs.map(({ name, value }) => {
    const wire = model.names.unique(name);
    model.addSource(wire, prepared.values[value]!.shape);
    emitter.bind(value, wire);
    return wire;
  });
  const outputs = prepared.outputs.map(({ name }) => model.names.unique(inputs.includes(name) ? `${name}_out` : name));
  emitter.emit(outputs);
  const { producerName = "lamella", producerVersion = "", docString = "" } = options;
  const proto = create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    opsetImport: [{ domain: "", version: BigInt(opset) }],
    producerName,
    producerVersion,
    docString,
    graph: model.finish(prepared, emitter.nodes, inputs, outputs),
  });
  return toBinary(ModelProtoSchema, proto);
}
