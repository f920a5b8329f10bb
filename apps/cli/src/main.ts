#!/usr/bin/env node
import module from "node:module";

// Not in Node 20.
module.enableCompileCache?.();
process.stdout.on("error", leaveQuietly);
process.stderr.on("error", leaveQuietly);
const { run } = await import("./run.ts");
await run(process.argv.slice(2));

/** Nobody reads any more, as after `lamella summary x | head`. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit();
}
