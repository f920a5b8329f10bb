import { create } from "@bufbuild/protobuf";

import { GraphProtoSchema } from "../gen/onnx_pb.ts";
import { valueInfo } from "../proto.ts";
import type { EmitTable } from "./graph.ts";

/** The body captures invariants, constants and computed sizes by their names. */
export const scan: Pick<EmitTable, "Scan"> = {
  Scan(node) {
    const { body, states, invariants, reverse } = node.attributes;
    const inner = node.graph.inner(body, node.name);
    const { names } = node.model;
    const carried = body.inputs.flatMap(({ name, value }, i) => {
      const isInvariant = i >= states && i < states + invariants;
      const wire = isInvariant ? node.wires[i]! : names.unique(`${node.name}/${name}`);
      inner.bind(value, wire);
      return isInvariant ? [] : [{ value, wire }];
    });
    const outputs = body.outputs.map(({ name }) => names.unique(`${node.name}/${name}'`));
    inner.emit(outputs);
    const graph = create(GraphProtoSchema, {
      name: names.unique(`${node.name}/body`),
      node: inner.nodes,
      input: carried.map(({ value, wire }) => valueInfo(wire, body.values[value]!)),
      output: body.outputs.map(({ value }, i) => valueInfo(outputs[i]!, body.values[value]!)),
    });
    const scanned = body.inputs.length - states - invariants;
    const direction = (count: number) => Array.from({ length: count }, () => Number(reverse));
    node.finish("Scan", [...node.wires.slice(0, states), ...node.wires.slice(states + invariants)], {
      num_scan_inputs: scanned,
      scan_input_directions: direction(scanned),
      ...(body.outputs.length > states && { scan_output_directions: direction(body.outputs.length - states) }),
      body: graph,
    });
  },
};
