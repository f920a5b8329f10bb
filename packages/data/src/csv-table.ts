import { fromNumbers, LamellaError, Tensor } from "@lamella/ir";

import { numberOf } from "./csv-fields.ts";
import { rowsOf } from "./csv.ts";

/**
 * The numbers of a CSV file, in Node, or of a text, as float32 of shape [rows, columns]. A first row without any number holds
 * names, and is left out. (numpy: `genfromtxt`.)
 *
 * @param source a path, or `{ text }`
 * @throws LamellaError `unavailable` for a file that cannot be read, `data` for ragged rows, cells that are no numbers, and files
 *   without rows
 */
export async function readCsv(source: string | { readonly text: string }): Promise<Tensor<"float32">> {
  const where = typeof source === "string" ? source : "the CSV text";
  const numbers: number[] = [];
  let rows = 0;
  let isFirst = true;
  for await (const { cells, line } of rowsOf(source, ",", where)) {
    const values = cells.map((cell) => numberOf(cell.trim(), "float32"));
    const holdsNames = isFirst && values.every((value) => value === undefined);
    isFirst = false;
    if (holdsNames) continue;
    const wrong = values.indexOf(undefined);
    if (wrong >= 0) {
      throw new LamellaError("data", {
        where: `${where}, line ${line}, column ${wrong + 1}`,
        problem: cells[wrong]!.trim() === "" ? "The cell is empty." : "The cell holds something else.",
        expected: "a number",
        received: `'${cells[wrong]!}'`,
      });
    }
    for (const value of values) numbers.push(value!);
    rows += 1;
  }
  if (rows === 0) throw new LamellaError("data", { where, problem: "There are no rows of numbers." });
  return new Tensor("float32", [rows, numbers.length / rows], fromNumbers("float32", numbers));
}
