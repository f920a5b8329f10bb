/** A check that is known to fail, and how. */
export interface ExpectedFailure {
  readonly reason: string;
  /** What the error must say. */
  readonly pattern: RegExp;
}

/** By the id of the case and the name of the check, as in `conv2d/groups gradient`. */
export type ExpectedFailures = Readonly<Record<string, ExpectedFailure>>;

/** @throws Error when the work succeeds, or fails in another way than expected */
export async function expectFailure(work: () => Promise<void>, { pattern, reason }: ExpectedFailure): Promise<void> {
  try {
    await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (pattern.test(message)) return;
    throw new Error(`The check fails in another way than expected (${reason})`, { cause: error });
  }
  throw new Error(`The check passes, so it must not be an expected failure any more (${reason})`);
}
