import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import { expect, test } from "vitest";

import { lamellaHere, testFolder } from "./support.ts";

const folder = await testFolder();
const root = resolve(import.meta.dirname, "../../..");
const run = promisify(execFile);

/** What `npm install` would put there, from the workspace. */
async function install(project: string): Promise<void> {
  await mkdir(join(project, "node_modules"));
  await symlink(join(root, "packages/lamella"), join(project, "node_modules/lamella"));
}

test("the project trains, saves and exports", async () => {
  const project = join(folder, "My Network");
  const { code, stdout } = await lamellaHere("init", project, "--json");
  expect(code).toBe(0);
  const { files } = JSON.parse(stdout) as { readonly files: readonly string[] };
  expect(files).toEqual([".gitignore", "README.md", "package.json", "src/main.ts", "src/spirals.ts", "tsconfig.json"]);
  expect(JSON.parse(await readFile(join(project, "package.json"), "utf8"))).toMatchObject({
    name: "my-network",
    dependencies: { lamella: expect.stringMatching(/^\^\d/) },
  });
  await install(project);
  // What the sources hold is type-checked where they lie; here, what tsc makes of the configuration.
  const { stdout: config } = await run(join(root, "node_modules/.bin/tsc"), ["-p", project, "--showConfig"]);
  expect(JSON.parse(config)).toMatchObject({ files: ["./src/main.ts", "./src/spirals.ts"] });
  const main = await run(process.execPath, ["--conditions=@lamella/source", "src/main.ts"], { cwd: project });
  const accuracy = Number(
    /On points it has not seen: .*accuracy: (?<value>[\d.]+)/.exec(main.stdout)?.groups?.["value"],
  );
  // Guessing gives 0.5; the classes are apart by more than their noise.
  expect(accuracy).toBeGreaterThan(0.9);
  expect(await readdir(project)).toEqual(expect.arrayContaining(["model.lamella", "model.onnx"]));
  expect((await lamellaHere("diff", join(project, "model.lamella"), join(project, "model.onnx"))).code).toBe(0);
});

test("a folder with something in it is refused and left alone", async () => {
  const full = join(folder, "full");
  await mkdir(full);
  await writeFile(join(full, "thesis.txt"), "years of work");
  const { code, stderr } = await lamellaHere("init", full);
  expect(code).toBe(2);
  expect(stderr).toContain("full: The folder is not empty.");
  expect(stderr).toContain("received: thesis.txt");
  expect(await readdir(full)).toEqual(["thesis.txt"]);
});
