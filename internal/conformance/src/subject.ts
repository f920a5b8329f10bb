import type { AnyModel } from "@lamella/ir";
import type { Backend } from "@lamella/runtime";

import type { ExpectedFailures } from "./expected-failures.ts";

/** What is put to the test: a backend, and a detour that every model takes before it is lowered. */
export interface Subject {
  readonly backend: Backend;
  readonly detour?: (model: AnyModel) => Promise<AnyModel>;
  /** Failures of this subject alone. One that passes, or that names no check, fails the run. */
  readonly expectedFailures?: ExpectedFailures;
}
