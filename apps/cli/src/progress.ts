import { type Callback, ProgbarLogger, progressFor, type Verbosity } from "@lamella/train";

/** Does work that shows on stderr how far it is. */
export async function withProgress<T>(
  verbose: Verbosity,
  work: (callbacks: readonly Callback[]) => Promise<T>,
): Promise<T> {
  const progress = await progressFor(verbose, process.stderr);
  try {
    return await work(verbose === 0 ? [] : [new ProgbarLogger(progress)]);
  } finally {
    progress.stop();
  }
}

/** How work of one command shows: a bar on a terminal, else nothing. */
export function barOnTerminal(json: boolean): Verbosity {
  return json || !process.stderr.isTTY ? 0 : 1;
}
