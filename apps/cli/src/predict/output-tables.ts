import { formatShape, sizeOf, type Tensor } from "@lamella/ir";

import { tableText } from "../output.ts";
import { paint } from "../paint.ts";

const mostRows = 10;
const mostColumns = 8;

/** The first rows of outputs as tables, each under its name, dtype and shape. */
export async function outputTables(outputs: Readonly<Record<string, Tensor>>): Promise<string> {
  const tables: string[] = [];
  for (const [name, tensor] of Object.entries(outputs)) tables.push(await outputTable(name, tensor));
  return tables.join("\n\n");
}

async function outputTable(name: string, tensor: Tensor): Promise<string> {
  const { dtype } = tensor;
  const title = `${paint.title(name)}: ${dtype} ${formatShape(tensor.shape)}`;
  const { shape } = tensor.shape.length === 0 ? { shape: [1] } : tensor;
  const [rows, ...rest] = shape as readonly [number, ...number[]];
  const size = sizeOf(rest);
  const columns = Math.min(size, mostColumns);
  const shown = Math.min(rows, mostRows);
  const numbers = tensor.reshape(shape).rows(0, shown).toNumbers();
  const more = columns < size ? ["..."] : [];
  const table = await tableText(
    ["", ...Array.from({ length: columns }, (_, i) => ({ title: placeOf(i, rest), align: "right" as const })), ...more],
    Array.from({ length: shown }, (_, row) => [
      row,
      ...numbers.slice(row * size, row * size + columns).map(shortNumber),
      ...more,
    ]),
  );
  const left = rows - shown;
  const rowsLeft = left === 0 ? [] : [`... and ${left} more ${left === 1 ? "row" : "rows"}; -o FILE.npz writes all`];
  return [title, table, ...rowsLeft].join("\n");
}

/** Where a number stands in its row: `3`, or `0,3` where a row has axes. */
function placeOf(index: number, shape: readonly number[]): string {
  const place: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place.join(",");
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
