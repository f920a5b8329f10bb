import { spawnSync } from "node:child_process";

import { LinkProblem } from "./problem.ts";

/** A program to run, and what to say where it is missing or fails. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** What to do where the program is missing, as a sentence. */
  readonly remedy: string;
  /** What it is run for, as in "pip could not fetch the wheel". */
  readonly failure: string;
  /** Default: 5 minutes. */
  readonly limitSeconds?: number;
}

/** The line that says most: the first that calls itself an error, else the last. */
function tellingLine(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const said = lines.filter((line) => line !== "");
  return (said.find((line) => /\berror\b/i.test(line)) ?? said.at(-1) ?? "it printed nothing").replace(/\.$/, "");
}

/** Runs a program to its end. @throws LinkProblem where it is missing, fails or takes too long */
export function run({ program, args, remedy, failure, limitSeconds = 300 }: Command): void {
  const { error, status, signal, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    timeout: limitSeconds * 1000,
  });
  const code = error === undefined ? undefined : (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") throw new LinkProblem(`${program} is missing. ${remedy}`);
  if (code === "ETIMEDOUT") throw new LinkProblem(`${failure} within ${limitSeconds} seconds.`);
  if (error !== undefined) throw error;
  if (status !== 0) throw new LinkProblem(`${failure}: ${signal ?? tellingLine(stderr)}.`);
}
