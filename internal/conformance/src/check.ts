import type { CaseRun } from "./case-run.ts";

/** A column of FEATURES.md. */
export type CheckGroup = "model" | "forward" | "gradient";

/** What is checked of a case on a subject. Its name, behind the id of a case, names an expected failure. */
export interface Check {
  readonly name: string;
  readonly group: CheckGroup;
  /** Whether a case has what the check looks at. Default: every case. */
  applies?(run: CaseRun): boolean;
  run(run: CaseRun): Promise<void>;
}
