import { byteSize, hostInputs, LamellaError, sizeOf } from "@lamella/ir";
import type { Backend, DeviceTensor, Executable, Feed, VariableStore } from "@lamella/runtime";

import type { Samples } from "./batches.ts";
import { neighbours } from "./neighbours.ts";
import { rawImageWarnings } from "./raw-images.ts";
import { areAlike, repeated, stacked } from "./repeated-step.ts";
import type { ReportEntry } from "./report.ts";
import { reportPort, type StepGraph } from "./step-graph.ts";
import { StepsTogether } from "./steps-together.ts";
import { warnOnce } from "./warn-once.ts";

/** Where steps run, and where their state is. */
export interface StepPlace {
  readonly backend: Backend;
  readonly store: VariableStore;
}

/** What a step is for, in warnings. */
export interface StepOwner {
  readonly label: string;
}

/** Runs a step graph: feeds the newest state, takes over the new one, and gives the report. Steps on one store take turns. */
export class StepRunner implements AsyncDisposable {
  readonly reports: readonly ReportEntry[];
  private readonly step: StepGraph;
  private readonly backend: Backend;
  private readonly executable: Executable;
  private readonly store: VariableStore;
  private readonly together: StepsTogether | undefined;
  /** Does several steps in one run; compiled when it is first asked to. */
  private several: Promise<Executable> | undefined;
  /** Who is told of data that will not train well; undefined once it has been looked at. */
  private uninformed: StepOwner | undefined;

  private constructor(step: StepGraph, executable: Executable, { backend, store }: StepPlace, owner: StepOwner) {
    this.reports = step.reports;
    this.step = step;
    this.backend = backend;
    this.executable = executable;
    this.store = store;
    if (!step.trains) return;
    this.uninformed = owner;
    if (backend.copiesOutputs === true) {
      const changed = [...step.updates.values()];
      this.together = new StepsTogether(
        changed.reduce((sum, { dtype, shape }) => sum + byteSize(dtype) * sizeOf(shape), 0),
      );
    }
  }

  static async compile(step: StepGraph, place: StepPlace, owner: StepOwner): Promise<StepRunner> {
    const executable = await place.backend.compile(step.graph, { label: step.graph.name });
    return new StepRunner(step, executable, place, owner);
  }

  /** How many steps are best done in one run here. It may change with every step. */
  get stepsTogether(): number {
    return this.together?.count ?? 1;
  }

  /**
   * One batch. When its loss or a gradient is not finite, the state stays as it was, unless the optimizer leaves out such steps.
   *
   * @throws LamellaError `not-finite`
   */
  run(batch: Samples): Promise<Float32Array> {
    return this.store.inTurn(() => this.runNow(this.withHostInputs(batch)));
  }

  /**
   * Batch after batch, in one run where they are alike. `take` gets the report of every step, up to the first that fails.
   *
   * @throws LamellaError `not-finite`
   */
  runAll(batches: readonly Samples[], take: (report: Float32Array) => void): Promise<void> {
    return this.store.inTurn(async () => {
      const fed = batches.map((batch) => this.withHostInputs(batch));
      for (const part of neighbours(fed, areAlike)) {
        const reports = part.length > 1 ? await this.runTogether(part) : undefined;
        for (const report of reports ?? []) take(report);
        if (reports === undefined) for (const batch of part) take(await this.runNow(batch));
      }
    });
  }

  /** The reports of all steps. Undefined when one of them fails: then the state is as it was before the first. */
  private async runTogether(batches: readonly Samples[]): Promise<readonly Float32Array[] | undefined> {
    const { step, store, backend } = this;
    this.lookAt(batches[0]!);
    if (this.several === undefined) {
      const graph = repeated(step);
      this.several = backend.compile(graph, { label: graph.name });
    }
    const executable = await this.several;
    const feeds: Record<string, Feed> = stacked(batches);
    for (const [port, variable] of step.variables) feeds[port] = await store.get(variable);
    const results = await executable.run(feeds);
    const { data, shape } = await results[reportPort]!.read();
    results[reportPort]!.dispose();
    const size = shape[1]!;
    const reports = batches.map((_, i) => (data as Float32Array).subarray(i * size, (i + 1) * size));
    const fails = reports.some((report) => this.problemOf(report) !== undefined);
    this.takeOver(results, fails);
    return fails ? undefined : reports;
  }

  private withHostInputs(batch: Samples): Samples {
    return { ...batch, ...hostInputs(this.step.hosted, batch) };
  }

  /** Makes the results of a run the newest state, or drops them. */
  private takeOver(results: Readonly<Record<string, DeviceTensor>>, drops: boolean): void {
    for (const [port, variable] of this.step.updates) {
      if (drops) results[port]!.dispose();
      else this.store.set(variable, results[port]!);
    }
  }

  private lookAt(batch: Samples): void {
    const { uninformed } = this;
    if (uninformed === undefined) return;
    this.uninformed = undefined;
    for (const warning of rawImageWarnings(this.step.graph, batch)) {
      warnOnce(uninformed, `${uninformed.label}: ${warning}`);
    }
  }

  private async runNow(batch: Samples): Promise<Float32Array> {
    this.lookAt(batch);
    const feeds: Record<string, Feed> = { ...batch };
    for (const [port, variable] of this.step.variables) feeds[port] = await this.store.get(variable);
    const start = performance.now();
    const results = await this.executable.run(feeds);
    this.together?.note(performance.now() - start);
    const report = (await results[reportPort]!.read()).data as Float32Array;
    results[reportPort]!.dispose();
    const problem = this.problemOf(report);
    this.takeOver(results, problem !== undefined);
    if (problem === undefined) return report;
    throw new LamellaError("not-finite", {
      problem: this.step.trains
        ? `${problem} Training has stopped, and the weights are those from before this step.`
        : problem,
      hint: "Try a smaller learning rate, scale the inputs, and look for NaN in the data.",
    });
  }

  /** What is not finite in a report, where that may not pass: its loss, or, where the step trains, the sum of the gradients at its end. */
  private problemOf(report: Float32Array): string | undefined {
    const { trains, skipsNonFinite } = this.step;
    if (skipsNonFinite) return undefined;
    const loss = report[0]! / report[1]!;
    if (!Number.isFinite(loss)) return `The loss is ${loss}.`;
    return !trains || Number.isFinite(report.at(-1))
      ? undefined
      : `The loss is ${loss}, but its gradients are not finite.`;
  }

  dispose(): Promise<void> {
    return this.store.inTurn(async () => {
      const several = await this.several?.catch(() => undefined);
      await several?.dispose();
      await this.executable.dispose();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}
