interface Row {
  readonly what: string;
  readonly figure: string;
  readonly seconds: number;
}

/** Runs the steps of a job one after the other, times them, and keeps what they found. */
export class Report {
  readonly failures: string[] = [];
  private readonly rows: Row[] = [];
  readonly print: (text: string) => void;

  constructor(print: (text: string) => void = console.log) {
    this.print = print;
  }

  /** Runs one step; `figure` says in a few words what came out. */
  async step<T>(what: string, work: () => Promise<T>, figure: (result: T) => string | Promise<string>): Promise<T> {
    this.print(`\n${what}`);
    const started = performance.now();
    const result = await work();
    const seconds = (performance.now() - started) / 1000;
    const row = { what, figure: await figure(result), seconds };
    this.rows.push(row);
    this.print(row.figure);
    return result;
  }

  /** Notes a failure unless what must be true is true. */
  expect(isTrue: boolean, failure: string): void {
    if (!isTrue) this.failures.push(failure);
  }

  /** All steps, with their times and the sum of them. */
  table(): string {
    const seconds = this.rows.reduce((sum, row) => sum + row.seconds, 0);
    return formatTable([
      ["what", "figure", "seconds"],
      ...this.rows.map((row) => [row.what, row.figure, row.seconds.toFixed(1)]),
      ["all", "", seconds.toFixed(1)],
    ]);
  }
}

/** Lines of cells; the last column is aligned to the right, and a rule stands below the first and above the last line. */
function formatTable(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const drawn = lines.map((line) =>
    line
      .map((cell, column) =>
        column === line.length - 1 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join("  "),
  );
  const rule = widths.map((width) => "─".repeat(width)).join("──");
  return [drawn[0], rule, ...drawn.slice(1, -1), rule, drawn.at(-1)].join("\n");
}
