import type { ValueType } from "@lamella/ir";

import type { OutputPlan } from "./compile-options.ts";

/** What decides which step can run a batch. */
export interface Form {
  readonly targets: readonly ValueType[];
  readonly weights: readonly (ValueType | undefined)[];
  readonly plans: readonly OutputPlan[];
}

/** The forms of earlier batches: losses and metrics are planned once for all batches whose targets look alike, and equal forms are one object. */
export class KnownForms {
  private readonly plans = new Map<string, readonly OutputPlan[]>();
  private readonly forms = new Map<string, Form>();

  /** @param plan makes the plans for targets that are seen for the first time */
  plansFor(targets: readonly ValueType[], plan: () => readonly OutputPlan[]): readonly OutputPlan[] {
    return recall(this.plans, JSON.stringify(targets), plan);
  }

  formOf(form: Form): Form {
    return recall(this.forms, JSON.stringify([form.targets, form.weights]), () => form);
  }
}

function recall<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
