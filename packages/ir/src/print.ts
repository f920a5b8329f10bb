import type { Graph, ValueId, ValueType } from "./graph.ts";
import type { PrimitiveGraph, PrimitiveOp } from "./primitives/attributes.ts";
import { Tensor } from "./tensor.ts";
import type { LayerCall, LayerGraph } from "./trace-model.ts";

const typeText = ({ dtype, shape }: ValueType) => `${dtype}[${shape.join(", ")}]`;

function attributeText(value: unknown): string {
  if (value instanceof Tensor) {
    return value.size <= 8 ? `${typeText(value)}(${value.toNumbers().join(", ")})` : typeText(value);
  }
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}

function printNodes<Op>(graph: Graph<Op>, describe: (op: Op) => string, indent: string): string[] {
  const value = (id: ValueId) => `%${id}`;
  const typed = (id: ValueId) => `${value(id)}: ${typeText(graph.values[id]!)}`;
  const ports = (list: Graph<Op>["inputs"], show: (id: ValueId) => string) =>
    list.map(({ name, value: id }) => `${name} = ${show(id)}`).join(", ");
  return [
    `${indent}graph ${graph.name} (${ports(graph.inputs, typed)}) -> (${ports(graph.outputs, value)})`,
    ...graph.nodes.map(
      (node) =>
        `${indent}  ${node.outputs.map(typed).join(", ")} = ${describe(node.op)}(${node.inputs.map(value).join(", ")})  # ${node.name}`,
    ),
  ];
}

function printBody(graph: PrimitiveGraph, indent: string): string {
  const describe = ({ type, attributes }: PrimitiveOp): string => {
    const shown = Object.entries(attributes).map(([name, value]) =>
      name === "body"
        ? `body =\n${printBody(value as PrimitiveGraph, `${indent}    `)}\n${indent}  `
        : `${name} = ${attributeText(value)}`,
    );
    return shown.length === 0 ? type : `${type} { ${shown.join(", ")} }`;
  };
  return printNodes(graph, describe, indent).join("\n");
}

/** A primitive graph as text for people, one node a line. */
export function printPrimitives(graph: PrimitiveGraph): string {
  return printBody(graph, "");
}

/** A layer graph as text for people, one call a line. */
export function printLayers(graph: LayerGraph): string {
  const describe = ({ layer, args }: LayerCall) => {
    const shown = Object.entries(args).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
    return shown.length === 0 ? layer.type : `${layer.type} { ${shown.join(", ")} }`;
  };
  return printNodes(graph, describe, "").join("\n");
}
