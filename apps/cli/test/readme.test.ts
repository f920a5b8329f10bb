import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { commands } from "../src/commands/index.ts";
import { exitCodeTable } from "../src/exit-codes.ts";
import { twoInputs } from "./models.ts";
import { lamellaHere, testFolder } from "./support.ts";

const readme = readFileSync(resolve(import.meta.dirname, "../README.md"), "utf8");
const examples = /^## Examples\n\n```sh\n(?<lines>.*?)^```$/ms.exec(readme)!.groups!["lines"]!.trim().split("\n");
const folder = await testFolder();
const home = process.cwd();

describe("the examples run, one after the other", () => {
  beforeAll(async () => {
    await twoInputs().save(join(folder, "model.lamella"));
    process.chdir(folder);
  });
  afterAll(() => process.chdir(home));

  test.each(examples)("%s", async (line) => {
    const [name, ...args] = line.split(" ");
    const { code, stderr } = await lamellaHere(...args);
    expect([name, code, stderr]).toEqual(["lamella", 0, ""]);
  });
});

test("the tables have all commands, and all exit codes as --help has them", () => {
  for (const name of Object.keys(commands)) expect(readme).toMatch(new RegExp(`^\\| \`lamella ${name}[ \`]`, "m"));
  const rows = [...readme.matchAll(/^\| (?<code>\d+) +\| (?<meaning>.*?) +\|$/gm)].map(({ groups }) => groups!);
  expect(rows.map(({ code, meaning }) => `  ${code!.padEnd(4)} ${meaning}`).join("\n")).toBe(exitCodeTable);
});
