/** Writes FEATURES.md, or with `--check` says whether it is up to date. */
import { readFileSync, writeFileSync } from "node:fs";

import { featuresText } from "./features-text.ts";

const file = new URL("../../../FEATURES.md", import.meta.url);

if (process.argv.includes("--check")) {
  if (readFileSync(file, "utf8") !== featuresText()) {
    console.error("FEATURES.md is out of date: run `pnpm --filter @lamella-internal/conformance run features`");
    process.exitCode = 1;
  }
} else writeFileSync(file, featuresText());
