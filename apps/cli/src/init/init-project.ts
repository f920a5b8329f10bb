import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { LamellaError } from "@lamella/ir";

import manifest from "../../package.json" with { type: "json" };
import { printResult } from "../output.ts";

const template = fileURLToPath(new URL("../../template", import.meta.url));

/** npm leaves files named .gitignore out of packages. */
const renamed: Readonly<Record<string, string>> = { gitignore: ".gitignore" };

/** Writes a project that trains, saves and exports a network into a folder. */
export async function initProject(folder: string, options: { readonly json?: boolean }): Promise<void> {
  await checkEmpty(folder);
  const files: string[] = [];
  const write = async (name: string, text: string) => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    // "wx": what somebody else puts there meanwhile stays.
    await writeFile(path, text, { flag: "wx" });
    files.push(name);
  };
  for (const entry of await readdir(template, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(template.length + 1);
    await write(renamed[name] ?? name, await readFile(path, "utf8"));
  }
  await write("package.json", `${JSON.stringify(packageOf(folder), null, 2)}\n`);
  const next = [`cd ${folder}`, "npm install", "npm start"];
  await printResult(options, { folder: resolve(folder), files: files.toSorted(), next }, () =>
    [...files.toSorted().map((name) => join(folder, name)), "", "Next:", ...next.map((line) => `  ${line}`)].join("\n"),
  );
}

async function checkEmpty(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (found.length === 0) return;
  throw new LamellaError("config", {
    where: folder,
    problem: "The folder is not empty.",
    expected: "a folder that is empty, or not there yet",
    received: found.length > 3 ? `${found.slice(0, 3).join(", ")} and ${found.length - 3} more` : found.join(", "),
  });
}

/** Its package.json, with the versions that this command belongs to. */
function packageOf(folder: string): object {
  const { version } = manifest;
  const name = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return {
    name: name === "" ? "network" : name,
    version: "0.0.0",
    private: true,
    type: "module",
    scripts: { start: "tsc && node dist/main.js" },
    dependencies: { lamella: `^${version}` },
    devDependencies: { "@lamella/cli": `^${version}`, "@types/node": "^24.10.0", typescript: "^7.0.2" },
    engines: manifest.engines,
  };
}
