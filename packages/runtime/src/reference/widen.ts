import { type DType, isFloating, type PrimitiveGraph, type PrimitiveOp, type Tensor } from "@lamella/ir";

function widenDType(dtype: DType): DType {
  return isFloating(dtype) ? "float64" : dtype;
}

/** Floating tensors as float64; others as they are. */
export function widenTensor(tensor: Tensor): Tensor {
  return tensor.cast(widenDType(tensor.dtype));
}

function widenOp(op: PrimitiveOp): PrimitiveOp {
  if (op.type === "Constant") return { type: op.type, attributes: { value: widenTensor(op.attributes.value) } };
  if (op.type === "Cast") return { type: op.type, attributes: { to: widenDType(op.attributes.to) } };
  if (op.type === "Scan") return { type: op.type, attributes: { ...op.attributes, body: widen(op.attributes.body) } };
  return op;
}

/** The same computation with float64 wherever the graph has a floating dtype. */
export function widen(graph: PrimitiveGraph): PrimitiveGraph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({ ...node, op: widenOp(node.op) })),
    values: graph.values.map(({ shape, dtype }) => ({ shape, dtype: widenDType(dtype) })),
  };
}
