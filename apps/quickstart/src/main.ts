import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { readDigits } from "@lamella-examples/mnist";

import { digitsJob } from "./digits-job.ts";
import { Report } from "./report.ts";
import { visitorsJob } from "./visitors-job.ts";

async function main(): Promise<void> {
  const out = fileURLToPath(new URL("../out", import.meta.url));
  await mkdir(out, { recursive: true });
  const report = new Report();
  const { train, test } = await report.step(
    "Read the digits",
    async () => ({ train: await readDigits("train"), test: await readDigits("t10k") }),
    (read) => [read.train, read.test].map(({ count }) => count.toLocaleString("en-US")).join(" + ") + " images",
  );
  await digitsJob(report, { train, test, epochs: 4, wanted: 0.985, out });
  await visitorsJob(report, { count: 10_000, epochs: 5, wanted: 0.9, out });
  console.log(`\n${report.table()}\n\nThe files and the picture, digits.svg, are in ${out}`);
  for (const failure of report.failures) console.error(`Failed: ${failure}`);
  if (report.failures.length > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  // Errors with a code are about data, files and devices, and say what to do; all others are bugs and need their stack.
  const isExpected = error instanceof Error && "code" in error;
  console.error(isExpected ? `Failed: ${error.message}` : error);
  process.exitCode = 1;
}
