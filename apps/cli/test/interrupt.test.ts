import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { expect, test } from "vitest";

import { testFolder } from "./support.ts";

const folder = await testFolder();
const source = (name: string) => JSON.stringify(resolve(import.meta.dirname, "../src", name));

/** Writes a file as commands do, and gets a signal when the first part of it is written. */
const program = (signal: string) => `
  import { writeOut } from ${source("files/save-file.ts")};
  import { reportError } from ${source("report-error.ts")};
  function* chunks() {
    yield new Uint8Array(1_000_000);
    process.kill(process.pid, ${JSON.stringify(signal)});
    while (true) yield new Uint8Array(1_000_000);
  }
  try {
    await writeOut("model.lamella", chunks());
  } catch (error) {
    process.exitCode = await reportError(error, false);
  }`;

/** Writes several files as commands do where others write for them, and gets a signal in between. */
const programOfSeveral = (signal: string) => `
  import { writeFileSync } from "node:fs";
  import { dirname, join } from "node:path";
  import { writeAside } from ${source("files/write-aside.ts")};
  await writeAside("model.lamella", async (aside) => {
    writeFileSync(join(dirname(aside), "weights.bin"), "new");
    process.kill(process.pid, ${JSON.stringify(signal)});
    await new Promise((done) => setTimeout(done, 60_000));
  });`;

const cases = [
  ["SIGINT", "a file", program, "error: model.lamella: The file was not written.\n"],
  ["SIGTERM", "several files", programOfSeveral, ""],
] as const;

test.each(cases)("%s while %s is written leaves the old one and nothing else", async (signal, _what, text, told) => {
  await writeFile(join(folder, "model.lamella"), "old");
  const args = ["--conditions=@lamella/source", "--input-type=module", "--eval", text(signal)];
  const outcome = await new Promise((done) => {
    execFile(process.execPath, args, { cwd: folder }, (error, _, stderr) => done({ code: error?.code, stderr }));
  });
  expect(outcome).toEqual({ code: 130, stderr: told });
  expect(await readdir(folder)).toEqual(["model.lamella"]);
  expect(await readFile(join(folder, "model.lamella"), "utf8")).toBe("old");
});
