import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { expect, test } from "vitest";

import { commands } from "../src/commands/index.ts";
import { lamella, testFolder } from "./support.ts";

const root = resolve(import.meta.dirname, "..");
/** The package as it is published, with what npm would install beside it. */
const installed = await testFolder();
const dist = join(installed, "dist/node");
for (const name of ["node_modules", "package.json", "template"]) symlinkSync(join(root, name), join(installed, name));
execFileSync(process.execPath, [join(root, "tools/bundle.ts"), dist]);

/** What a file loads before it runs: its own files, and packages. */
function loadedBy(file: string, all = new Set<string>()): Set<string> {
  const text = readFileSync(join(dist, file), "utf8");
  for (const match of text.matchAll(/^import .* from "(?<target>.*)";$/gm)) {
    const target = match.groups!["target"]!;
    all.add(target);
    if (target.startsWith("./")) loadedBy(target, all);
  }
  return all;
}

test("a start loads two files, and no package", () => {
  expect(readFileSync(join(dist, "main.js"), "utf8")).toContain('await import("./run.js")');
  expect([...loadedBy("run.js", loadedBy("main.js"))].toSorted()).toEqual(["./start.js", "node:module"]);
});

test("a summary loads what reads models, and nothing that trains or runs them", () => {
  const loaded = [...loadedBy("show-summary.js")];
  expect(loaded).not.toContain("node:fs/promises");
  expect(loaded.filter((target) => target.startsWith("@lamella/")).toSorted()).toEqual([
    "@lamella/format",
    "@lamella/functional",
    "@lamella/ir",
    "@lamella/sequential",
  ]);
});

test("the bundled command runs, and finds its template", async () => {
  const folder = await testFolder();
  const run = (...args: string[]) => lamella(folder, args, {}, ["--conditions=@lamella/source", join(dist, "main.js")]);
  const help = await run("--help");
  expect([help.code, help.stderr]).toEqual([0, ""]);
  for (const name of Object.keys(commands)) expect(help.stdout).toContain(`  ${name} `);
  expect((await run("init", "project", "--json")).code).toBe(0);
  expect(await readdir(join(folder, "project/src"))).toEqual(["main.ts", "spirals.ts"]);
});

test("licenses of what became part of the files come with them", async () => {
  const texts = readFileSync(join(dist, "THIRD-PARTY-LICENSES.txt"), "utf8");
  expect(texts).toMatch(/^commander \d+\.\d+\.\d+\n\n.*MIT.*Copyright \(c\) 2011 TJ Holowaychuk/ms);
});
