/** Values by name, as they are reported after a batch or an epoch. */
export type Logs = Readonly<Record<string, number>>;

/** What `fit` gives: every reported value, epoch by epoch. (Keras: History.) */
export class History {
  readonly epoch: number[] = [];
  /** By Keras's names: `loss`, `accuracy`, `val_loss`, ... */
  readonly history: Record<string, number[]> = {};

  add(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) (this.history[name] ??= []).push(value);
  }
}

/** Running values of what steps report. */
export class Averages {
  private readonly names: readonly string[];
  private readonly totals: Float64Array;

  constructor(names: readonly string[]) {
    this.names = names;
    this.totals = new Float64Array(2 * names.length);
  }

  /** Adds one report: totals and counts, pair after pair. */
  add(report: ArrayLike<number>): void {
    for (let i = 0; i < this.totals.length; i++) this.totals[i]! += report[i]!;
  }

  get logs(): Record<string, number> {
    return Object.fromEntries(
      this.names.map((name, i) => {
        const count = this.totals[2 * i + 1]!;
        return [name, count === 0 ? 0 : this.totals[2 * i]! / count];
      }),
    );
  }
}
