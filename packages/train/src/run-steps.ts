import { LamellaError, type Tensor } from "@lamella/ir";

import { nextTurn } from "./event-loop.ts";
import { type Progress, progressFor, type Verbosity } from "./progress.ts";
import { ReportTotals } from "./report.ts";
import type { StepRunner } from "./step-runner.ts";

/** Batch after batch, with a turn for everything else in between. Gives what the steps report over all batches. */
export async function runSteps(
  runner: StepRunner,
  batches: Iterable<Record<string, Tensor>>,
  where: string,
  progress: Progress | undefined,
  signal: AbortSignal | undefined,
): Promise<Record<string, number>> {
  const totals = new ReportTotals(runner.reports);
  let step = 0;
  for (const batch of batches) {
    step += 1;
    const place = `${where}step ${step}`;
    stopIfAborted(signal, place);
    totals.add(await located(place, () => runner.run(batch)));
    progress?.step(step, totals.logs);
    await nextTurn();
  }
  return totals.logs;
}

/** Shows how far some work is, and gives the terminal back when it fails. */
export async function withProgress<T>(verbose: Verbosity, work: (progress: Progress) => Promise<T>): Promise<T> {
  const progress = await progressFor(verbose);
  try {
    return await work(progress);
  } finally {
    progress.stop();
  }
}

/** @throws LamellaError `aborted` once the signal is */
export function stopIfAborted(signal: AbortSignal | undefined, where: string): void {
  if (signal?.aborted !== true) return;
  throw new LamellaError("aborted", { where, problem: "Stopped on request.", cause: signal.reason });
}

async function located<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LamellaError ? error.at(where) : error;
  }
}
