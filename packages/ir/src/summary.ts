import { formatShape } from "./dim.ts";
import type { AnyLayer } from "./layer.ts";
import type { AnyModel } from "./model.ts";

export interface SummaryOptions {
  /** Gets the whole text. Default: console.log. */
  readonly print?: (text: string) => void;
}

/** The table that `summary()` prints: one row a layer, then the counts of parameters. */
export function summaryText(model: AnyModel): string {
  const sources = connections(model);
  const rows = model.layers.map((layer) => [
    layer.label,
    outputShapes(model, layer),
    count(layer.countParams()),
    sources.get(layer)?.join(", ") ?? "-",
  ]);
  const all = [...sources.values()].flat();
  const isChain = new Set(all).size === all.length && [...sources.values()].every((names) => names.length === 1);
  const header = ["Layer (type)", "Output Shape", "Param #", ...(isChain ? [] : ["Connected to"])];
  const table = drawTable(header, isChain ? rows.map((row) => row.slice(0, 3)) : rows);
  const sizes = (weights: readonly { readonly size: number }[]) => weights.reduce((sum, { size }) => sum + size, 0);
  return [
    `Model: "${model.name}"`,
    table,
    `Total params: ${count(model.countParams())} (${bytes(model.countParams())})`,
    `Trainable params: ${count(sizes(model.trainableWeights))} (${bytes(sizes(model.trainableWeights))})`,
    `Non-trainable params: ${count(sizes(model.nonTrainableWeights))} (${bytes(sizes(model.nonTrainableWeights))})`,
  ].join("\n");
}

export function printSummary(model: AnyModel, options: SummaryOptions): void {
  const print = options.print ?? ((text: string) => console.log(text));
  print(summaryText(model));
}

const count = (value: number) => value.toLocaleString("en-US");

function bytes(parameters: number): string {
  const size = parameters * 4;
  if (size < 1024) return `${size} B`;
  return size < 1024 * 1024 ? `${(size / 1024).toFixed(2)} KB` : `${(size / 1024 / 1024).toFixed(2)} MB`;
}

function outputShapes(model: AnyModel, layer: AnyLayer): string {
  const input = model.graph.inputs.find(({ name }) => name === layer.name);
  const call = model.graph.nodes.find((node) => node.op.layer === layer);
  const ids = call?.outputs ?? (input === undefined ? [] : [input.value]);
  return ids.map((id) => formatShape(model.graph.values[id]!.shape)).join(", ");
}

/** What every called layer takes its inputs from. */
function connections(model: AnyModel): Map<AnyLayer, string[]> {
  const producers = new Map(model.graph.nodes.flatMap(({ name, outputs }) => outputs.map((id) => [id, name] as const)));
  for (const { name, value } of model.graph.inputs) producers.set(value, name);
  const sources = new Map<AnyLayer, string[]>();
  for (const { op, inputs } of model.graph.nodes) {
    sources.set(op.layer, [...(sources.get(op.layer) ?? []), ...inputs.map((id) => producers.get(id)!)]);
  }
  return sources;
}

function drawTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const rule = (left: string, middle: string, right: string, line: string) =>
    left + widths.map((width) => line.repeat(width + 2)).join(middle) + right;
  const draw = (row: readonly string[], bar: string) =>
    bar + row.map((cell, i) => ` ${i === 2 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)} `).join(bar) + bar;
  return [
    rule("┏", "┳", "┓", "━"),
    draw(header, "┃"),
    rule("┡", "╇", "┩", "━"),
    rows.map((row) => draw(row, "│")).join(`\n${rule("├", "┼", "┤", "─")}\n`),
    rule("└", "┴", "┘", "─"),
  ].join("\n");
}
