#!/usr/bin/env node
import module from "node:module";

// Not in Node 20.
module.enableCompileCache?.();
const { run } = await import("./run.ts");
await run(process.argv.slice(2));
