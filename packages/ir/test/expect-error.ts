import { LamellaError } from "@lamella/ir";
import { expect } from "vitest";

/** Expects a LamellaError with that code, whose message holds every one of the texts. */
export function expectError(work: () => unknown, code: LamellaError["code"], ...texts: readonly string[]): void {
  const error = errorOf(work);
  expect(error.message).toMatch(new RegExp(texts.map(escape).join("[^]*")));
  expect(error.code).toBe(code);
}

/** The LamellaError that `work` throws. */
export function errorOf(work: () => unknown): LamellaError {
  try {
    work();
  } catch (error) {
    if (error instanceof LamellaError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const escape = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
