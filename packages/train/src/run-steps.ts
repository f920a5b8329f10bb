import { LamellaError } from "@lamella/ir";

import type { Batch, Batches } from "./batch-source.ts";
import { nextTurn } from "./event-loop.ts";
import type { Form } from "./forms.ts";
import type { Logs } from "./history.ts";
import { neighbours } from "./neighbours.ts";
import { type Progress, progressFor, type Verbosity } from "./progress.ts";
import { ReportTotals } from "./report.ts";
import type { StepRunner } from "./step-runner.ts";

export interface StepsOptions {
  readonly runnerFor: (form: Form) => Promise<StepRunner>;
  /** What comes before the number of the step in messages. */
  readonly where: string;
  readonly signal: AbortSignal | undefined;
  /** Batches to do in one run. Default: what the step finds best. */
  readonly together?: number | undefined;
  /** Batches to do at most. Default: all. */
  readonly limit?: number | undefined;
  /** Where the count begins: batches that are done. Default 0. */
  readonly done?: number;
  /** The sums over these batches. */
  readonly sums?: readonly number[];
  /** Is told the first of the batches of a run. */
  readonly begin: (batch: number) => Promise<void>;
  /** Is told each batch that is done. */
  readonly stepped?: (batch: number) => void;
  /** Is told the last of the batches of a run, and gives whether to go on. */
  readonly end: (batch: number, totals: ReportTotals) => Promise<boolean>;
}

/** Batches in groups for one run each. A group ends early where the batches do. @param size is asked for each group's first */
export async function* grouped<T>(
  batches: Batches<T>,
  size: (first: T) => number | Promise<number>,
  limit: number,
): AsyncGenerator<readonly T[]> {
  let group: T[] = [];
  let wanted = 1;
  let taken = 0;
  if (limit === 0) return;
  for await (const batch of batches) {
    if (group.length === 0) wanted = await size(batch);
    group.push(batch);
    taken += 1;
    if (group.length === wanted || taken === limit) {
      yield group;
      group = [];
    }
    if (taken === limit) return;
  }
  if (group.length > 0) yield group;
}

/**
 * Batch after batch, with a turn for everything else in between. Gives what the steps report over all batches; undefined when
 * there are none.
 */
export async function runSteps(batches: Batches<Batch>, options: StepsOptions): Promise<Logs | undefined> {
  const { runnerFor, where, signal, together, limit = Infinity } = options;
  let done = options.done ?? 0;
  let totals: ReportTotals | undefined;
  let current: { readonly form: Form; readonly runner: StepRunner } | undefined;
  const runnerOf = async ({ form }: Batch): Promise<StepRunner> => {
    if (current?.form !== form) current = { form, runner: await runnerFor(form) };
    return current.runner;
  };
  const sizeFor = async (first: Batch) => together ?? (await runnerOf(first)).stepsTogether;
  for await (const group of grouped(batches, sizeFor, limit)) {
    const place = () => `${where}step ${done + 1}`;
    stopIfAborted(signal, place());
    const first = done;
    // One runner does neighbours of one form.
    for (const [at, part] of neighbours(group, (a, b) => a.form === b.form).entries()) {
      const runner = await runnerOf(part[0]!);
      const sums = (totals ??= new ReportTotals(runner.reports, options.sums));
      if (at === 0) await options.begin(first);
      const take = (report: Float32Array) => {
        sums.add(report);
        options.stepped?.(done);
        done += 1;
      };
      const feeds = part.map((batch) => batch.feeds);
      await located(place, () => runner.runAll(feeds, take));
    }
    const goesOn = await options.end(done - 1, totals!);
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

async function located<T>(where: () => string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LamellaError ? error.at(where()) : error;
  }
}
