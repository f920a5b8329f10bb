import { type ErrorCode, LamellaError } from "@lamella/ir";
import { expect } from "vitest";

/** That the work throws, or rejects with, a LamellaError of a code, the whole message of which has every pattern. */
export async function expectError(work: () => unknown, code: ErrorCode, ...patterns: readonly RegExp[]): Promise<void> {
  let caught: unknown;
  try {
    await work();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(LamellaError);
  const { message, code: found } = caught as LamellaError;
  expect({ code: found, message }).toEqual({ code, message });
  for (const pattern of patterns) expect(message).toMatch(pattern);
}
