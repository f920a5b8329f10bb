import { bindShape, LamellaError, type Node, type PrimitiveGraph, type PrimitiveOp, type Tensor } from "@lamella/ir";

/** The same graph with some inputs, by name, turned into constants of that name. */
export function withConstants(graph: PrimitiveGraph, constants: Readonly<Record<string, Tensor>>): PrimitiveGraph {
  const bindings: Record<string, number> = {};
  const nodes: Node<PrimitiveOp>[] = [];
  const inputs = graph.inputs.filter(({ name, value }) => {
    const tensor = constants[name];
    if (tensor === undefined) return true;
    const type = graph.values[value]!;
    const misfit = bindShape(type.shape, tensor.shape, bindings);
    if (misfit !== undefined || tensor.dtype !== type.dtype) {
      throw new LamellaError(misfit === undefined ? "dtype" : "shape", {
        where: name,
        problem: "The constant does not fit its input.",
        expected: misfit === undefined ? type.dtype : undefined,
        received: misfit ?? tensor.dtype,
      });
    }
    nodes.push({ name, op: { type: "Constant", attributes: { value: tensor } }, inputs: [], outputs: [value] });
    return false;
  });
  return nodes.length === 0 ? graph : { ...graph, inputs, nodes: [...nodes, ...graph.nodes] };
}
