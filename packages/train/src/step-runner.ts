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
   * One batch. When its loss is not finite, the state stays as it was.
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
    const loss = report[0]! / report[1]!;
    const finite = Number.isFinite(loss);
    for (const [port, variable] of this.step.updates) {
      if (finite) this.store.set(variable, results[port]!);
      else results[port]!.dispose();
    }
    if (finite) return report;
    throw new LamellaError("not-finite", {
      problem: this.step.trains
        ? `The loss is ${loss}. Training has stopped, and the weights are those from before this step.`
        : `The loss is ${loss}.`,
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
