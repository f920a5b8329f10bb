import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";

import { expect, test, vi } from "vitest";

const read = (path: string) => readFile(join(import.meta.dirname, path), "utf8");

test("the README's example is test/readme-example.ts, and prints what its comments say", async () => {
  const example = await read("readme-example.ts");
  expect(await read("../README.md")).toContain("```ts\n" + example + "```");

  const folder = await mkdtemp(join(tmpdir(), "lamella-format-"));
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((value) => printed.push(inspect(value)));
  const before = process.cwd();
  process.chdir(folder);
  try {
    await import("./readme-example.ts");
  } finally {
    log.mockRestore();
    process.chdir(before);
    await rm(folder, { recursive: true });
  }
  expect(printed).toEqual(Array.from(example.matchAll(/console\.log.*\/\/ (.*)/g), ([, comment]) => comment));
});
