import { describe, expect, test } from "vitest";

import type { LayerCase } from "../cases/case.ts";
import { casesByLayer } from "../cases/index.ts";
import { CaseRun } from "./case-run.ts";
import { checks } from "./checks.ts";
import { deviations, expectFailure, type ExpectedFailures } from "./expected-failures.ts";
import type { Subject } from "./subject.ts";

export interface DescribeOptions {
  /** Failures of this subject alone. One that passes, or that names no check, fails the run. */
  readonly expectedFailures?: ExpectedFailures;
}

interface NamedCheck {
  /** The id of the case and the name of the check. */
  readonly name: string;
  run(): Promise<void>;
}

function checksOf(layerCase: LayerCase, subject: Subject): readonly NamedCheck[] {
  const run = new CaseRun(layerCase, subject);
  return checks
    .filter((check) => check.applies?.(run) !== false)
    .map((check) => ({ name: `${layerCase.id} ${check.name}`, run: () => check.run(run) }));
}

/** All checks of all cases on a subject, as vitest suites. */
export function describeBackend(subject: Subject, { expectedFailures = {} }: DescribeOptions = {}): void {
  const expected = { ...deviations, ...expectedFailures };
  const named = Object.entries(casesByLayer).map(
    ([layer, cases]) => [layer, cases.flatMap((layerCase) => checksOf(layerCase, subject))] as const,
  );
  test("the backend can be used here", async () => {
    expect(await subject.backend.check()).toBeUndefined();
  });
  test("every expected failure names a check", () => {
    const names = new Set(named.flatMap(([, own]) => own.map(({ name }) => name)));
    expect(Object.keys(expected).filter((name) => !names.has(name))).toEqual([]);
  });
  for (const [layer, own] of named) {
    describe(layer, () => {
      for (const { name, run } of own) {
        const failure = expected[name];
        if (failure === undefined) test(name, run);
        else test(`${name} fails as expected`, () => expectFailure(run, failure));
      }
    });
  }
}
