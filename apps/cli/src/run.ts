import { CommanderError } from "@commander-js/extra-typings";

import { exitCodes } from "./exit-codes.ts";
import { makeProgram } from "./program.ts";
import { reportError } from "./report-error.ts";

/** Runs the command line and sets the exit code of the process. */
export async function run(args: readonly string[]): Promise<void> {
  try {
    await makeProgram(args).parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    else process.exitCode = await reportError(error, args.includes("--json"));
  }
}
