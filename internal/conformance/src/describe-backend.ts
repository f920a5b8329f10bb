import { describe, expect, test } from "vitest";

import type { LayerCase } from "../cases/case.ts";
import { caseGroups } from "../cases/index.ts";
import { CaseRun } from "./case-run.ts";
import { checkTest } from "./check-test.ts";
import { checks } from "./checks.ts";
import type { ExpectedFailures } from "./expected-failures.ts";
import { goldenOf, hasGolden } from "./golden.ts";
import type { Subject } from "./subject.ts";

interface NamedCheck {
  /** The id of the case and the name of the check. */
  readonly name: string;
  readonly work: () => Promise<void>;
}

function checksOf(layerCase: LayerCase, subject: Subject, names?: readonly string[]): readonly NamedCheck[] {
  const run = new CaseRun(layerCase, subject);
  if (!hasGolden(layerCase.id))
    return [{ name: `${layerCase.id} golden`, work: async () => void goldenOf(layerCase.id) }];
  return checks
    .filter((check) => names?.includes(check.name) !== false && check.applies?.(run) !== false)
    .map((check) => ({ name: `${layerCase.id} ${check.name}`, work: () => check.run(run) }));
}

/** What runs on devices that take minutes: the first case of each layer, or with `CONFORMANCE=full` every case. */
export const sampled = process.env["CONFORMANCE"] === "full" ? Infinity : 1;

/** The expected failures of checks of these names. */
function expectedOf({ expectedFailures = {} }: Subject, names?: readonly string[]): ExpectedFailures {
  const known = Object.entries(expectedFailures);
  return Object.fromEntries(known.filter(([check]) => names?.includes(check.slice(check.indexOf(" ") + 1)) !== false));
}

/** All checks of all cases on a subject, or those of these names and of so many cases of each layer, as vitest suites. */
export function describeBackend(subject: Subject, casesOfLayer = Infinity, names?: readonly string[]): void {
  const expected = expectedOf(subject, names);
  const named = Object.entries(caseGroups).map(
    ([group, cases]) => [group, cases.map((layerCase) => checksOf(layerCase, subject, names))] as const,
  );
  test("the backend can be used here", async () => {
    expect(await subject.backend.check()).toBeUndefined();
  });
  test("every expected failure names a check", () => {
    const all = new Set(named.flatMap(([, own]) => own.flat().map(({ name }) => name)));
    expect(Object.keys(expected).filter((name) => !all.has(name))).toEqual([]);
  });
  for (const [layer, own] of named) {
    describe(`layer ${layer}`, () => {
      for (const { name, work } of own.slice(0, casesOfLayer).flat()) checkTest(name, work, expected[name]);
    });
  }
}
