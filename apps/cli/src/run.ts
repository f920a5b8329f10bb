import { CommanderError } from "@commander-js/extra-typings";

import { exitCodes } from "./exit-codes.ts";
import { makeProgram } from "./program.ts";
import { reportError } from "./report-error.ts";

/** Runs the command line and sets the exit code of the process. */
export async function run(args: readonly string[]): Promise<void> {
  process.stdout.on("error", leaveQuietly);
  process.stderr.on("error", leaveQuietly);
  try {
    const program = await makeProgram(args);
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    else process.exitCode = await reportError(error, args.includes("--json"));
  }
}

/** Nobody reads any more, as after `lamella summary x | head`. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit();
}
