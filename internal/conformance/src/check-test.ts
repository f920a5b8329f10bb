import { test } from "vitest";

import { expectFailure, type ExpectedFailure } from "./expected-failures.ts";

/** Generous, for machines that do much else at the same time. */
const timeout = 60_000;

/** A test that passes when the work does, or, with an expected failure, when it fails just like that. */
export function checkTest(name: string, work: () => Promise<void>, failure?: ExpectedFailure): void {
  const known = failure !== undefined;
  const run = known ? () => expectFailure(work, failure) : work;
  // oxlint-disable-next-line vitest/expect-expect, vitest/no-conditional-tests -- the work throws
  test(`${name}${known ? " fails as expected" : ""}`, { timeout }, run);
}
