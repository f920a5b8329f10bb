/** Values by name, as they are reported after a batch or an epoch. */
export type Logs = Record<string, number>;

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
