import { LamellaError, type Tensor } from "@lamella/ir";
import type { CsvError } from "csv-parse";

import { type Column, columnsOf, type CsvDType, type CsvOptions, valueOf } from "./csv-fields.ts";
import { Dataset } from "./dataset.ts";
import { isFileError, unreadable } from "./files.ts";
import type { Stream } from "./operators.ts";

type ValueOf<Type> = [Type] extends [never]
  ? number
  : Type extends "string"
    ? string
    : Type extends "float32"
      ? number
      : Tensor;

/**
 * A row by the names of its columns: numbers, texts, and scalar tensors of other dtypes than float32. Columns that no option names
 * are numbers that may be undefined to the compiler: selectColumns makes them certain.
 */
export type CsvRow<Names extends string, Types> = string extends Names
  ? { [Name in keyof Types]: ValueOf<Types[Name]> } & Record<string, number>
  : { [Name in Names]: ValueOf<Name extends keyof Types ? Types[Name] : never> };

/** One row after the other, with its number in the file. */
interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/**
 * The rows of a CSV file, in Node, or of a text; a file is read as far as rows are asked for. (TensorFlow: make_csv_dataset.)
 *
 * @param source a path, or `{ text }`
 * @throws LamellaError, when it is read, `unavailable` for a file that cannot be read, `data` for ragged rows, cells that do not
 *   hold what their column does, and files without rows, `name` for unknown columns
 */
export function csv<
  const Names extends string,
  const Label extends string,
  const Types extends Readonly<Record<string, CsvDType>> = Readonly<Record<string, never>>,
>(
  source: string | { readonly text: string },
  options: CsvOptions<Names, Types> & { readonly labelName: Label },
): Dataset<[CsvRow<Exclude<Names, Label>, Types>, CsvRow<Label, Types>[Label]]>;
export function csv<
  const Names extends string,
  const Types extends Readonly<Record<string, CsvDType>> = Readonly<Record<string, never>>,
>(source: string | { readonly text: string }, options?: CsvOptions<Names, Types>): Dataset<CsvRow<Names, Types>>;
export function csv(
  source: string | { readonly text: string },
  options: CsvOptions<string, Readonly<Record<string, CsvDType>>> = {},
): Dataset<unknown> {
  const { header = true, columnNames, fieldDelim = ",", naValue } = options;
  if (!header && columnNames === undefined) {
    throw new LamellaError("config", {
      where: "columnNames",
      problem: "Without a header the columns have no names.",
      expected: "columnNames, or header: true",
    });
  }
  const where = typeof source === "string" ? source : "the CSV text";
  return new Dataset(async function* () {
    let columns: ReturnType<typeof columnsOf> | undefined;
    for await (const { cells, line } of rowsOf(source, fieldDelim, where)) {
      if (columns === undefined) {
        checkNames(columnNames, cells, `${where}, line ${line}`);
        columns = columnsOf(columnNames ?? cells, options, where);
        if (header) continue;
      }
      const { features, label } = columns;
      const value = (column: Column) => valueOf(cells[column.index]!, column, `${where}, line ${line}`, naValue);
      const record = Object.fromEntries(features.map((column) => [column.name, value(column)]));
      yield label === undefined ? record : [record, value(label)];
    }
    if (columns === undefined) throw new LamellaError("data", { where, problem: "There are no rows." });
  });
}

function checkNames(columnNames: readonly string[] | undefined, cells: readonly string[], where: string): void {
  if (columnNames === undefined || columnNames.length === cells.length) return;
  throw new LamellaError("config", {
    where: "columnNames",
    problem: `The names do not fit the columns of ${where}.`,
    expected: `${cells.length} names`,
    received: String(columnNames.length),
  });
}

/** The rows of a CSV file or text, one after the other. */
export async function* rowsOf(
  source: string | { readonly text: string },
  delimiter: string,
  where: string,
): Stream<Row> {
  const { parse } = await import("csv-parse");
  const parser = parse({ delimiter, bom: true, info: true, skip_empty_lines: true });
  const file = typeof source === "string" ? (await import("node:fs")).createReadStream(source) : undefined;
  if (file === undefined) parser.end((source as { readonly text: string }).text);
  else {
    file.on("error", (error) => parser.destroy(error));
    file.pipe(parser);
  }
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { cells: record, line: info.lines };
    }
  } catch (cause) {
    throw readable(cause, where);
  } finally {
    file?.destroy();
    parser.destroy();
  }
}

function readable(cause: unknown, where: string): unknown {
  if (isFileError(cause)) return unreadable("file", where, cause);
  if (!isCsvError(cause)) return cause;
  const { lines } = cause;
  const isRagged = cause.code === "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH";
  return new LamellaError("data", {
    where: lines === undefined ? where : `${where}, line ${lines}`,
    problem: isRagged ? `The row has another length than the first: ${cause.message}.` : `${cause.message}.`,
    expected: isRagged ? "as many cells in every row" : "comma-separated values (RFC 4180)",
    hint: isRagged ? "Another separator is given as fieldDelim." : undefined,
    cause,
  });
}

function isCsvError(error: unknown): error is CsvError & { readonly lines?: number } {
  return error instanceof Error && "code" in error && String(error.code).startsWith("CSV_");
}
