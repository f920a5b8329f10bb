import { stat } from "node:fs/promises";

/** What `evaluate` gives. */
export type Logs = Readonly<Record<string, number>>;

export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

export const accuracyOf = (logs: Logs): string => percent(logs["accuracy"]!);

/** Whether two evaluations of one model agree. */
export function sameFigures(a: Logs, b: Logs): boolean {
  return a["accuracy"] === b["accuracy"] && Math.abs(a["loss"]! - b["loss"]!) < 1e-6;
}

/** The size of a file that has been written. */
export async function written(file: string): Promise<string> {
  return `${Math.ceil((await stat(file)).size / 1000).toLocaleString("en-US")} kB`;
}
