import { type AnyLayer, type AnyModel, formatShape, type SavedModel, type ValueType } from "@lamella/ir";

import type { Finding } from "./finding.ts";

const typeText = ({ shape, dtype }: ValueType) => `${dtype} ${formatShape(shape)}`;

/** Whether the shapes that the file declares are those that its layers give, in nested models too. */
export function checkDeclared(model: AnyModel, { layers, root }: SavedModel): Finding[] {
  const findings: Finding[] = [];
  const compare = (index: number, found: AnyModel) => {
    const { graph, name } = layers[index]!;
    if (graph === undefined) return;
    const given = outputTypes(found);
    for (const node of graph.nodes) {
      const layer = layers[node.layer]!;
      const types = node.outputs.map((id) => graph.values[id]!);
      const actual = given.get(layer.name)?.shift();
      const [declared, gives] = [types.map(typeText).join(", "), actual?.map(typeText).join(", ") ?? "nothing"];
      if (declared === gives) continue;
      const problem = `The file declares that the layer gives ${declared}, but it gives ${gives}.`;
      findings.push({ level: "error", check: "shapes", where: `${name}/${layer.name}`, problem });
    }
    const inner = new Map(found.operations.map((layer) => [layer.name, layer]));
    for (const child of new Set(graph.nodes.map((node) => node.layer))) {
      const layer: AnyLayer | undefined = inner.get(layers[child]!.name);
      if (layer?.innerGraph !== undefined) compare(child, layer as AnyModel);
    }
  };
  compare(root, model);
  return findings;
}

/** What each layer gives, call after call. */
function outputTypes({ graph }: AnyModel): Map<string, ValueType[][]> {
  const types = new Map<string, ValueType[][]>();
  for (const { name, outputs } of graph.nodes) {
    types.set(name, [...(types.get(name) ?? []), outputs.map((id) => graph.values[id]!)]);
  }
  return types;
}
