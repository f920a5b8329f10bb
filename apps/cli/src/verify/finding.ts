import type { LamellaError } from "@lamella/ir";

/** Something that is wrong in a file. Warnings leave it usable. */
export interface Finding {
  readonly level: "error" | "warning";
  /** Which check found it. */
  readonly check: string;
  /** The layer, weight or node. */
  readonly where?: string | undefined;
  readonly problem: string;
}

export function findingOf(check: string, { where, problem, expected, received, hint }: LamellaError): Finding {
  const details = [
    problem,
    expected === undefined ? "" : `Expected: ${expected}.`,
    received === undefined ? "" : `Received: ${received}.`,
    hint ?? "",
  ];
  return { level: "error", check, where, problem: details.filter((part) => part !== "").join(" ") };
}
