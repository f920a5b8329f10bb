/** Prints the conformance cases as JSON, for Python to read. */
import { existsSync } from "node:fs";

const source = new URL("../conformance/cases/index.ts", import.meta.url);

const { cases, trajectories, architectures, mixed } = existsSync(source)
  ? ((await import(source.href)) as Record<"cases" | "trajectories" | "architectures" | "mixed", unknown[]>)
  : { cases: [], trajectories: [], architectures: [], mixed: [] };

const text = JSON.stringify({ cases, trajectories, architectures, mixed }, (key, value: unknown) => {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new Error(`a case holds ${value} under '${key}', which JSON cannot carry`);
  }
  return value;
});

process.stdout.write(`${text}\n`);
