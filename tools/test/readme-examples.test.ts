import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { resetNames } from "../../packages/ir/src/index.ts";
import { allExamples, anywhere, examplesOf, withChecks } from "../readme-examples.ts";

const root = resolve(import.meta.dirname, "../..");
process.chdir(root);
const examples = allExamples().map((example) => ({
  name: example.name,
  file: `${example.name.replaceAll(/\W+/g, "-")}.ts`,
  code: anywhere(example),
}));
const folder = mkdtempSync(join(tmpdir(), "lamella-readme-"));

/** Text without the spaces, which differ with the length of a line. */
const packed = (text: string) => text.replaceAll(/\s/g, "");

beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(root);
  rmSync(folder, { recursive: true });
});

describe("the examples in READMEs run, and print what their comments say", () => {
  test.each(examples)("$name", { timeout: 60_000 }, async ({ code, file }) => {
    const path = join(folder, `run-${file}`);
    writeFileSync(path, withChecks(code));
    const printed = (text: string, ...values: readonly unknown[]) =>
      expect(packed(format(...values))).toBe(packed(text));
    vi.stubGlobal("printed", printed);
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    resetNames();
    try {
      await import(/* @vite-ignore */ pathToFileURL(path).href);
    } finally {
      log.mockRestore();
      vi.unstubAllGlobals();
    }
  });
});

test("the examples compile", { timeout: 120_000 }, () => {
  for (const { code, file } of examples) writeFileSync(join(folder, file), `${code}\nexport {};\n`);
  const config = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: {
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: false,
      composite: false,
      declarationMap: false,
      noEmit: true,
      lib: ["es2024", "dom", "dom.iterable"],
      typeRoots: [join(root, "node_modules/@types")],
    },
    files: examples.map(({ file }) => file),
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", "."], { cwd: folder, encoding: "utf8" });
  // What is wrong elsewhere in the workspace is told elsewhere.
  expect(stdout.split("\n").filter((line) => /^\S+README\S*\.ts\(/.test(line))).toEqual([]);
});

test("blocks without imports continue the one before", () => {
  const block = (code: string) => `\`\`\`ts\n${code}\`\`\`\n`;
  const readme = `a\n${block('import a from "a";\n')}text\n${block("a();\n")}\`\`\`sh\nls\n\`\`\`\n${block('import b from "b";\n')}`;
  expect(examplesOf("README.md", readme)).toEqual([
    { name: "README.md:2", readme: "README.md", code: 'import a from "a";\n\na();\n' },
    { name: "README.md:12", readme: "README.md", code: 'import b from "b";\n' },
  ]);
});

test("comments behind console.log become checks", () => {
  expect(withChecks("console.log(1, f(2)); // 1 2\nconsole.log(3);\n")).toBe(
    'globalThis.printed("1 2", 1, f(2));\nconsole.log(3);\n',
  );
});
