import { type DType, fromNumbers, LamellaError, Tensor, unknownName } from "@lamella/ir";

/** What a column holds: numbers of a dtype, or texts. */
export type CsvDType = DType | "string";

export interface CsvOptions<Names extends string, Types extends Readonly<Record<string, CsvDType>>> {
  /** Whether the first row holds the names of the columns. Default true. */
  readonly header?: boolean;
  /** The names of all columns; required without a header, in the place of its names else. */
  readonly columnNames?: readonly string[];
  /** The columns to read. Default: all. */
  readonly selectColumns?: readonly Names[];
  /** The column that is the target: elements are then [record, target]. */
  readonly labelName?: string;
  /** Columns that hold something else than float32: texts are read as 'string', other dtypes give scalar tensors. */
  readonly dtypes?: Types;
  /** What stands for an empty cell. Default: an empty cell is an error. */
  readonly columnDefaults?: Readonly<Record<string, number | string>>;
  /** Default ','. */
  readonly fieldDelim?: string;
  /** A text that counts as an empty cell, too. */
  readonly naValue?: string;
}

/** A column that is read. */
export interface Column {
  readonly name: string;
  readonly index: number;
  readonly dtype: CsvDType;
  readonly defaultValue: string | undefined;
}

/** @throws LamellaError `name` for columns that are not there, `config` for names that occur twice */
export function columnsOf(
  names: readonly string[],
  options: CsvOptions<string, Readonly<Record<string, CsvDType>>>,
  where: string,
): { readonly features: readonly Column[]; readonly label: Column | undefined } {
  const { selectColumns, labelName, dtypes = {}, columnDefaults = {} } = options;
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new LamellaError("data", {
      where,
      problem: `Two columns have the name '${twice}'.`,
      expected: "a name of its own for every column",
      hint: "Give columnNames.",
    });
  }
  const asked = [...(selectColumns ?? []), ...Object.keys(dtypes), ...Object.keys(columnDefaults)];
  for (const name of labelName === undefined ? asked : [...asked, labelName]) {
    if (!names.includes(name)) throw unknownName("column", name, names, where);
  }
  const column = (name: string): Column => ({
    name,
    index: names.indexOf(name),
    dtype: dtypes[name] ?? "float32",
    defaultValue: columnDefaults[name] === undefined ? undefined : String(columnDefaults[name]),
  });
  const features = (selectColumns ?? names).filter((name) => name !== labelName).map(column);
  return { features, label: labelName === undefined ? undefined : column(labelName) };
}

/** The value of a cell. @param where file and row, for messages @throws LamellaError `data` */
export function valueOf(
  cell: string,
  { name, dtype, defaultValue }: Column,
  where: string,
  naValue?: string,
): number | string | Tensor {
  const isEmpty = cell.trim() === "" || cell === naValue;
  const text = isEmpty && defaultValue !== undefined ? defaultValue : cell;
  if (dtype === "string") return text;
  const value = isEmpty && defaultValue === undefined ? undefined : numberOf(text.trim(), dtype);
  if (value === undefined) {
    const kind = dtype.startsWith("float")
      ? "a number"
      : dtype === "bool"
        ? "true, false, 1 or 0"
        : `a whole number (${dtype})`;
    throw new LamellaError("data", {
      where: `${where}, column '${name}'`,
      problem: isEmpty ? "The cell is empty." : "The cell holds something else.",
      expected: kind,
      received: isEmpty ? undefined : `'${cell}'`,
      hint: isEmpty
        ? `Say what it stands for: columnDefaults: { ${JSON.stringify(name)}: 0 }.`
        : `Texts are read with dtypes: { ${JSON.stringify(name)}: "string" }; selectColumns leaves columns out.`,
    });
  }
  return dtype === "float32" ? value : new Tensor(dtype, [], fromNumbers(dtype, [value]));
}

const ranges: Readonly<Partial<Record<DType, readonly [number, number]>>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  uint8: [0, 255],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const special = new Map([
  ["nan", NaN],
  ["inf", Infinity],
  ["+inf", Infinity],
  ["-inf", -Infinity],
  ["infinity", Infinity],
  ["-infinity", -Infinity],
]);

/** The number that a text stands for; undefined where it is none of the dtype. */
export function numberOf(text: string, dtype: DType): number | undefined {
  const lower = text.toLowerCase();
  if (dtype === "bool") return lower === "true" || text === "1" ? 1 : lower === "false" || text === "0" ? 0 : undefined;
  const range = ranges[dtype];
  if (range === undefined && special.has(lower)) return special.get(lower);
  if (!decimal.test(text)) return undefined;
  const value = Number(text);
  if (range === undefined) return value;
  return Number.isInteger(value) && value >= range[0] && value <= range[1] ? value : undefined;
}
