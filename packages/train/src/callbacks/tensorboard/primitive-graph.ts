import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type DType, type LoweredModel, type PrimitiveOp, Tensor, type ValueId, type ValueType } from "@lamella/ir";

import { type AttrValueSchema, DataType, GraphDefSchema, type NodeDefSchema } from "../../gen/tensorboard_pb.ts";

const dataTypes: { readonly [D in DType]: DataType } = {
  float32: DataType.DT_FLOAT,
  float16: DataType.DT_HALF,
  float64: DataType.DT_DOUBLE,
  int32: DataType.DT_INT32,
  int64: DataType.DT_INT64,
  uint32: DataType.DT_UINT32,
  uint8: DataType.DT_UINT8,
  bool: DataType.DT_BOOL,
};

type Attributes = Record<string, MessageInitShape<typeof AttrValueSchema>>;

const text = (value: string): Attributes[string] => ({ value: { case: "s", value: new TextEncoder().encode(value) } });

/** Sizes that are known; TensorFlow writes -1 for the others. */
function shapeOf({ shape }: ValueType) {
  return { dim: shape.map((dim) => ({ size: BigInt(typeof dim === "number" ? dim : -1) })) };
}

function typeAttributes(types: readonly ValueType[]): Attributes {
  const list = { shape: types.map(shapeOf) };
  return {
    ...(types[0] === undefined ? {} : { dtype: { value: { case: "type", value: dataTypes[types[0].dtype] } } }),
    _output_shapes: { value: { case: "list", value: list } },
  };
}

function ownAttributes({ attributes }: PrimitiveOp): Attributes {
  const shown = Object.entries(attributes as object).filter(([name]) => name !== "body");
  return Object.fromEntries(
    shown.map(([name, value]) => [
      name,
      text(value instanceof Tensor ? `shape (${value.shape.join(", ")})` : JSON.stringify(value)),
    ]),
  );
}

/** The primitives that a model comes to, as bytes of a GraphDef. Weights and inputs are nodes, too; bodies of loops are left out. */
export function primitiveGraph({ graph, variables }: LoweredModel): Uint8Array {
  const taken = new Set<string>();
  const free = (wanted: string): string => {
    const plain = wanted.replaceAll(/[^\w./-]/gu, "_").replace(/^[^\w.]/u, "_");
    let name = plain;
    for (let i = 1; taken.has(name); i++) name = `${plain}_${i}`;
    taken.add(name);
    return name;
  };
  const producers = new Map<ValueId, string>();
  const nodes: MessageInitShape<typeof NodeDefSchema>[] = [];
  for (const { name, value } of graph.inputs) {
    const node = free(name);
    producers.set(value, node);
    const op = variables.has(name) ? "Variable" : "Placeholder";
    nodes.push({ name: node, op, attr: typeAttributes([graph.values[value]!]) });
  }
  for (const { name, op, inputs, outputs } of graph.nodes) {
    const node = free(name);
    for (const [i, value] of outputs.entries()) producers.set(value, i === 0 ? node : `${node}:${i}`);
    const attr = { ...ownAttributes(op), ...typeAttributes(outputs.map((value) => graph.values[value]!)) };
    nodes.push({ name: node, op: op.type, input: inputs.map((value) => producers.get(value)!), attr });
  }
  return toBinary(GraphDefSchema, create(GraphDefSchema, { node: nodes, versions: { producer: 22 } }));
}
