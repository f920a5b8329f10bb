import { formatShape, type PrimitiveGraph, summarize, summaryText, type SummaryTable, Tensor } from "@lamella/ir";

import { readStructureOf } from "./files/read-file.ts";
import { portsOf } from "./models/ports.ts";
import { printResult, tableText } from "./output.ts";

/** Prints what a model file holds: layers, or the operators of an .onnx file. */
export async function showSummary(path: string, options: SummaryTable & { readonly json?: boolean }): Promise<void> {
  const opened = await readStructureOf(path);
  if (opened.kind === "graph") {
    const { graph } = opened;
    await printResult(options, { format: "onnx", ...graphSummary(graph) }, () => graphText(graph));
    return;
  }
  const { model } = opened;
  const data = () => ({
    format: opened.format,
    ...summarize(model),
    inputs: portsOf(model.graph, "inputs"),
    outputs: portsOf(model.graph, "outputs"),
  });
  await printResult(options, options.json ? data() : undefined, () => summaryText(model, options));
}

/** What an .onnx file holds, as plain data. Weights are the constants of which it is made. */
function graphSummary(graph: PrimitiveGraph) {
  const operators = new Map<string, number>();
  let params = 0;
  for (const { op } of graph.nodes) {
    const { value } = op.attributes as { readonly value?: unknown };
    if (op.type === "Constant" && value instanceof Tensor) params += value.size;
    else operators.set(op.type, (operators.get(op.type) ?? 0) + 1);
  }
  return {
    name: graph.name,
    inputs: portsOf(graph, "inputs"),
    outputs: portsOf(graph, "outputs"),
    operators: Object.fromEntries([...operators].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    params,
  };
}

async function graphText(graph: PrimitiveGraph): Promise<string> {
  const { name, inputs, outputs, operators, params } = graphSummary(graph);
  const ports = [
    ...inputs.map((port) => ["input", port] as const),
    ...outputs.map((port) => ["output", port] as const),
  ];
  return [
    `ONNX graph: "${name}"`,
    await tableText(
      ["", "Name", "Shape", "Type"],
      ports.map(([kind, port]) => [kind, port.name, formatShape(port.shape), port.dtype]),
    ),
    "",
    await tableText(["Operator", { title: "Nodes", align: "right" }], Object.entries(operators)),
    "",
    `Constants: ${params.toLocaleString("en-US")} numbers`,
  ].join("\n");
}
