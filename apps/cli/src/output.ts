import { paint } from "./paint.ts";

/** Writes a line to stdout. */
function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Tells what happens on stderr, so that stdout holds results only. */
export function note(text: string): void {
  process.stderr.write(`${paint.note(text)}\n`);
}

/** Prints a result: as JSON for programs, else as text for people. */
export async function printResult(
  { json = false }: { readonly json?: boolean | undefined },
  data: unknown,
  text: () => string | Promise<string>,
): Promise<void> {
  print(json ? JSON.stringify(data, forJson, 2) : await text());
}

/** JSON has neither big integers nor NaN and infinities: they become numbers and strings. */
function forJson(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** A table: with rules around its cells on a terminal, else in plain columns. */
export async function tableText(
  columns: readonly (Column | string)[],
  rows: readonly (readonly (string | number)[])[],
): Promise<string> {
  const { default: Table } = await import("cli-table3");
  const titles = columns.map((column) => (typeof column === "string" ? { title: column } : column));
  const plain = !process.stdout.isTTY;
  const table = new Table({
    head: titles.map(({ title }) => paint.title(title)),
    colAligns: titles.map(({ align = "left" }) => align),
    style: { head: [], border: [], compact: true, ...(plain ? { "padding-left": 0, "padding-right": 2 } : {}) },
    ...(plain ? { chars: withoutRules } : {}),
  });
  table.push(...rows.map((row) => row.map(String)));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

const withoutRules = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};
