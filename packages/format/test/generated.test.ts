import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { generate } from "../tools/generate.ts";

const folder = join(import.meta.dirname, "../src/gen");

test("src/gen is what the schema generates", async () => {
  const generated = await generate();
  expect(readdirSync(folder).toSorted()).toEqual([...generated.keys()].toSorted());
  for (const [path, text] of generated) expect(readFileSync(join(folder, path), "utf8")).toBe(text);
});
