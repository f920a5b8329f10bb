import { formatShape } from "./dim.ts";
import { byteSize } from "./dtype.ts";
import type { AnyLayer } from "./layer.ts";
import type { AnyModel } from "./model.ts";
import type { Variable } from "./variable.ts";

export interface SummaryOptions {
  /** Gets the whole text. Default: console.log. */
  readonly print?: (text: string) => void;
}

/** The table that `summary()` prints: one row a layer or operation, then the counts of parameters. */
export function summaryText(model: AnyModel): string {
  const sources = connections(model);
  const rows = model.operations.map((layer) => [
    layer.label,
    outputShapes(model, layer),
    count(layer.countParams()),
    sources.get(layer)?.join(", ") ?? "-",
  ]);
  const all = [...sources.values()].flat();
  const isChain = new Set(all).size === all.length && [...sources.values()].every((names) => names.length === 1);
  const header = ["Layer (type)", "Output Shape", "Param #", ...(isChain ? [] : ["Connected to"])];
  const table = drawTable(header, isChain ? rows.map((row) => row.slice(0, 3)) : rows);
  return [
    `Model: "${model.name}"`,
    table,
    `Total params: ${sizes(model.weights)}`,
    `Trainable params: ${sizes(model.trainableWeights)}`,
    `Non-trainable params: ${sizes(model.nonTrainableWeights)}`,
  ].join("\n");
}

export function printSummary(model: AnyModel, options: SummaryOptions): void {
  const print = options.print ?? ((text: string) => console.log(text));
  print(summaryText(model));
}

const count = (value: number) => value.toLocaleString("en-US");

/** How many numbers the weights hold, and how much memory they take. */
function sizes(weights: readonly Variable[]): string {
  const numbers = weights.reduce((sum, { size }) => sum + size, 0);
  let bytes = weights.reduce((sum, { size, dtype }) => sum + size * byteSize(dtype), 0);
  const units = ["B", "KB", "MB", "GB"];
  for (; bytes >= 1024 && units.length > 1; units.shift()) bytes /= 1024;
  return `${count(numbers)} (${bytes.toFixed(2)} ${units[0]})`;
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
