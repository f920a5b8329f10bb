import { hostInputs, LamellaError, type Tensor } from "@lamella/ir";
import type { Backend, Executable, Feed, VariableStore } from "@lamella/runtime";

import { rawImageWarnings } from "./raw-images.ts";
import type { ReportEntry } from "./report.ts";
import { reportPort, type StepGraph } from "./step-graph.ts";
import { warnOnce } from "./warn-once.ts";

/** What a step is for, in warnings. */
export interface StepOwner {
  readonly label: string;
}

/** Runs a step graph: feeds the newest state, takes over the new one, and gives the report. Steps on one store take turns. */
export class StepRunner implements AsyncDisposable {
  readonly reports: readonly ReportEntry[];
  private readonly step: StepGraph;
  private readonly executable: Executable;
  private readonly store: VariableStore;
  /** Who is told of data that will not train well; undefined once it has been looked at. */
  private uninformed: StepOwner | undefined;

  private constructor(step: StepGraph, executable: Executable, store: VariableStore, owner: StepOwner) {
    this.reports = step.reports;
    this.step = step;
    this.executable = executable;
    this.store = store;
    if (step.trains) this.uninformed = owner;
  }

  static async compile(step: StepGraph, backend: Backend, store: VariableStore, owner: StepOwner): Promise<StepRunner> {
    return new StepRunner(step, await backend.compile(step.graph, { label: step.graph.name }), store, owner);
  }

  /**
   * One batch. When its loss or a gradient is not finite, the state stays as it was, unless the optimizer leaves out such steps.
   *
   * @throws LamellaError `not-finite`
   */
  run(batch: Readonly<Record<string, Tensor>>): Promise<Float32Array> {
    return this.store.inTurn(() => this.runNow(batch));
  }

  private lookAt(batch: Readonly<Record<string, Tensor>>): void {
    const { uninformed } = this;
    if (uninformed === undefined) return;
    this.uninformed = undefined;
    for (const warning of rawImageWarnings(this.step.graph, batch)) {
      warnOnce(uninformed, `${uninformed.label}: ${warning}`);
    }
  }

  private async runNow(batch: Readonly<Record<string, Tensor>>): Promise<Float32Array> {
    this.lookAt(batch);
    const feeds: Record<string, Feed> = { ...batch, ...hostInputs(this.step.hosted, batch) };
    for (const [port, variable] of this.step.variables) feeds[port] = await this.store.get(variable);
    const results = await this.executable.run(feeds);
    const report = (await results[reportPort]!.read()).data as Float32Array;
    results[reportPort]!.dispose();
    const problem = this.step.skipsNonFinite ? undefined : problemOf(report, this.step);
    for (const [port, variable] of this.step.updates) {
      if (problem === undefined) this.store.set(variable, results[port]!);
      else results[port]!.dispose();
    }
    if (problem === undefined) return report;
    throw new LamellaError("not-finite", {
      problem: this.step.trains
        ? `${problem} Training has stopped, and the weights are those from before this step.`
        : problem,
      hint: "Try a smaller learning rate, scale the inputs, and look for NaN in the data.",
    });
  }

  dispose(): Promise<void> {
    return this.store.inTurn(() => this.executable.dispose());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

/** What is not finite in a report: its loss, or, where the step trains, the sum of the gradients at its end. */
function problemOf(report: Float32Array, { trains }: StepGraph): string | undefined {
  const loss = report[0]! / report[1]!;
  if (!Number.isFinite(loss)) return `The loss is ${loss}.`;
  return !trains || Number.isFinite(report.at(-1))
    ? undefined
    : `The loss is ${loss}, but its gradients are not finite.`;
}
