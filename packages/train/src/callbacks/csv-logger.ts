import { type ConfigOf, fields } from "@lamella/ir";

import type { Logs } from "../history.ts";
import { Callback } from "./callback.ts";
import { type OptionsOf, parseOptions } from "./options.ts";

const declared = {
  /** The file. */
  filename: fields.text(),
  /** What stands between two values. Default ','. */
  separator: fields.text(","),
  /** Whether a file that is there is continued. Default false. */
  append: fields.boolean(false),
};

export type CSVLoggerOptions = OptionsOf<typeof declared, "filename">;

/**
 * Writes the values of every epoch to a CSV file, line by line: the epoch, counted from 0, and the values by their names.
 * A value that is missing is `NA`. (Keras: `CSVLogger`.)
 */
export class CSVLogger extends Callback {
  private readonly options: ConfigOf<typeof declared>;
  private names: readonly string[] | undefined;
  private startsEmpty = true;

  constructor(options: CSVLoggerOptions) {
    super();
    this.options = parseOptions("CSVLogger", declared, options);
  }

  override async onTrainBegin(): Promise<void> {
    const { filename, append } = this.options;
    const { stat, writeFile } = await import("node:fs/promises");
    this.names = undefined;
    const size = append ? ((await stat(filename).catch(() => undefined))?.size ?? 0) : 0;
    this.startsEmpty = size === 0;
    if (this.startsEmpty) await writeFile(filename, "");
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const { filename, separator } = this.options;
    const [{ appendFile }, { stringify }] = await Promise.all([
      import("node:fs/promises"),
      import("csv-stringify/sync"),
    ]);
    const rows: (readonly (string | number)[])[] = [];
    if (this.names === undefined) {
      this.names = columnsOf(logs);
      if (this.startsEmpty) rows.push(["epoch", ...this.names]);
    }
    rows.push([epoch, ...this.names.map((name) => logs[name] ?? "NA")]);
    await appendFile(filename, stringify(rows, { delimiter: separator, record_delimiter: "windows" }));
  }
}

/** Sorted by name; when nothing was validated after the first epoch, it may be later. */
function columnsOf(logs: Logs): readonly string[] {
  const names = Object.keys(logs).toSorted();
  return names.some((name) => name.startsWith("val_")) ? names : [...names, ...names.map((name) => `val_${name}`)];
}
