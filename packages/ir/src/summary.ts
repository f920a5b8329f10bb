import { formatShape } from "./dim.ts";
import type { AnyModel } from "./model.ts";
import { policyText } from "./policy-text.ts";
import { type LayerSummary, type SizeSummary, summarize } from "./summarize.ts";

export interface SummaryTable {
  /** Whether the layers of nested models get rows of their own. Default false. */
  readonly expandNested?: boolean;
  /** Whether a column says if training changes the layer. Default false. */
  readonly showTrainable?: boolean;
  /** Whether every weight gets a row below its layer. Default false. */
  readonly showWeights?: boolean;
}

export interface SummaryOptions extends SummaryTable {
  /** Gets the whole text. Default: console.log. */
  readonly print?: (text: string) => void;
}

/** The table that `summary()` prints: one row a layer or operation, then the counts of parameters. (Keras: summary.) */
export function summaryText(model: AnyModel, options: SummaryTable = {}): string {
  const { layers, total, trainable, nonTrainable } = summarize(model);
  const policies = policyText(model);
  const sources = layers.map(({ connectedTo }) => connectedTo);
  const all = sources.flat();
  const isChain = new Set(all).size === all.length && sources.every((names) => names.length <= 1);
  const shown = [true, true, true, !isChain, options.showTrainable === true];
  const rows = [
    ["Layer (type)", "Output Shape", "Param #", "Connected to", "Trainable"],
    ...layers.flatMap((layer) => rowsOf(layer, 0, options)),
  ].map((row) => row.filter((_, i) => shown[i]));
  return [
    `Model: "${model.name}"`,
    drawTable(rows[0]!, rows.slice(1)),
    `Total params: ${sizeText(total)}`,
    `Trainable params: ${sizeText(trainable)}`,
    `Non-trainable params: ${sizeText(nonTrainable)}`,
    ...(policies === undefined ? [] : [`Dtype policy: ${policies}`]),
  ].join("\n");
}

export function printSummary(model: AnyModel, options: SummaryOptions): void {
  const print = options.print ?? ((text: string) => console.log(text));
  print(summaryText(model, options));
}

function rowsOf(layer: LayerSummary, level: number, options: SummaryTable): string[][] {
  const indent = (depth: number) => (depth === 0 ? "" : `${"   ".repeat(depth)}└ `);
  const mark = (trainable: boolean) => (trainable ? "Y" : "N");
  const { name, type, outputShapes, params, connectedTo, trainable, weights, layers = [] } = layer;
  const own = [
    `${indent(level)}${name} (${type})`,
    outputShapes.map(formatShape).join(", "),
    count(params),
    connectedTo.join(", ") || "-",
    weights.length === 0 ? "-" : mark(trainable),
  ];
  const nested = options.expandNested === true ? layers : [];
  const rows = nested.flatMap((inner) => rowsOf(inner, level + 1, options));
  if (options.showWeights !== true || nested.length > 0) return [own, ...rows];
  const weightRows = weights.map((weight) => [
    `${indent(level + 1)}${weight.name}: ${weight.dtype}`,
    formatShape(weight.shape),
    count(weight.shape.reduce((product, size) => product * size, 1)),
    "",
    mark(weight.trainable),
  ]);
  return [own, ...weightRows, ...rows];
}

/** With commas between thousands. (`toLocaleString` loads tables of languages first.) */
const count = (value: number) => String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");

/** How many numbers the weights hold, and how much memory they take. */
function sizeText({ params, bytes }: SizeSummary): string {
  const units = ["B", "KB", "MB", "GB"];
  let size = bytes;
  for (; size >= 1024 && units.length > 1; units.shift()) size /= 1024;
  return `${count(params)} (${size.toFixed(2)} ${units[0]})`;
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
