import { LamellaError } from "@lamella/ir";

import type { Batch, Batches } from "./batch-source.ts";
import { nextTurn } from "./event-loop.ts";
import type { Form } from "./forms.ts";
import type { Logs } from "./history.ts";
import { type Progress, progressFor, type Verbosity } from "./progress.ts";
import { ReportTotals } from "./report.ts";
import type { StepRunner } from "./step-runner.ts";

export interface StepsOptions {
  readonly runnerFor: (form: Form) => Promise<StepRunner>;
  /** What comes before the number of the step in messages. */
  readonly where: string;
  readonly signal: AbortSignal | undefined;
  /** Where the count begins: batches that are done. Default 0. */
  readonly done?: number;
  /** The sums over these batches. */
  readonly sums?: readonly number[];
  readonly begin: (batch: number) => Promise<void>;
  /** Gives whether to go on. */
  readonly end: (batch: number, totals: ReportTotals) => Promise<boolean>;
}

/**
 * Batch after batch, with a turn for everything else in between. Gives what the steps report over all batches; undefined when
 * there are none.
 */
export async function runSteps(batches: Batches<Batch>, options: StepsOptions): Promise<Logs | undefined> {
  const { runnerFor, where, signal } = options;
  let batch = options.done ?? 0;
  let totals: ReportTotals | undefined;
  let current: { readonly form: Form; readonly runner: StepRunner } | undefined;
  for await (const { feeds, form } of batches) {
    const place = `${where}step ${batch + 1}`;
    stopIfAborted(signal, place);
    if (current?.form !== form) current = { form, runner: await runnerFor(form) };
    const { runner } = current;
    totals ??= new ReportTotals(runner.reports, options.sums);
    await options.begin(batch);
    totals.add(await located(place, () => runner.run(feeds)));
    const goesOn = await options.end(batch, totals);
    batch += 1;
    await nextTurn();
    if (!goesOn) break;
  }
  return totals?.logs;
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
