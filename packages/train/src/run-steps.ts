import { LamellaError, type Tensor } from "@lamella/ir";

import { nextTurn } from "./event-loop.ts";
import { Averages } from "./history.ts";
import { type Progress, progressFor, type Verbosity } from "./progress.ts";
import type { StepRunner } from "./step-runner.ts";

/** Batch after batch, with a turn for everything else in between. Gives the averages of what the steps report. */
export async function runSteps(
  runner: StepRunner,
  batches: Iterable<Record<string, Tensor>>,
  where: string,
  progress: Progress | undefined,
  signal: AbortSignal | undefined,
): Promise<Record<string, number>> {
  const averages = new Averages(runner.reports);
  let step = 0;
  for (const batch of batches) {
    step += 1;
    const place = `${where}step ${step}`;
    stopIfAborted(signal, place);
    averages.add(await located(place, () => runner.run(batch)));
    progress?.step(step, averages.logs);
    await nextTurn();
  }
  return averages.logs;
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
