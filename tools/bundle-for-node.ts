// Makes one file of the package in the current folder, dist/node/index.js, which Node loads in place of dist/index.js and a hundred others.
// Packages that are named as arguments become part of it.
import { existsSync, globSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { dirname, join, sep } from "node:path";

import { type CodeSplittingGroup, type OutputChunk, type Plugin, rolldown } from "rolldown";

export interface NodeBundle {
  readonly input: string;
  /** Where the files go. Licenses of inlined packages stand there too. */
  readonly dir: string;
  /** Packages whose code becomes part of the files; theirs come with them. All others are loaded as they are installed. */
  readonly inlined?: readonly string[];
  /** What goes together into one file. Default: what is always loaded together. */
  readonly groups?: readonly CodeSplittingGroup[];
  readonly plugins?: readonly Plugin[];
}

const installed = `${sep}node_modules${sep}`;
const licenses = "THIRD-PARTY-LICENSES.txt";

/** Bundles for Node: without comments, and in ASCII, because V8 takes twice the memory and more time for any other text. */
export async function bundleForNode({
  input,
  dir,
  inlined = [],
  groups = [],
  plugins = [],
}: NodeBundle): Promise<void> {
  const taken = (id: string) => inlined.some((name) => id === name || id.startsWith(`${name}/`));
  await using bundle = await rolldown({
    input,
    platform: "node",
    resolve: { mainFields: ["module", "main"] },
    plugins: [...plugins],
    external: (id, importer) =>
      isBuiltin(id) ||
      !(id.startsWith(".") || id.startsWith("/") || taken(id) || importer?.includes(installed) === true),
    onLog: (_, { message }) => {
      throw new Error(message);
    },
  });
  const { output } = await bundle.write({
    dir,
    cleanDir: true,
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    comments: false,
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
    codeSplitting: { groups: [...groups] },
  });
  const modules = output.filter((file): file is OutputChunk => file.type === "chunk").flatMap((file) => file.moduleIds);
  const texts = licensesOf(modules);
  if (texts.length > 0) await writeFile(join(dir, licenses), texts.join(`\n${"-".repeat(80)}\n\n`));
}

/** Name, version and license of every installed package among these modules. */
function licensesOf(modules: readonly string[]): string[] {
  const folders = new Set(modules.filter((id) => id.includes(installed)).map(packageFolder));
  return [...folders].toSorted().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
    const [file] = globSync(join(folder, "{LICENSE,LICENCE,license}*"));
    if (file === undefined) throw new Error(`${name} has no license file.`);
    return `${name} ${version}\n\n${readFileSync(file, "utf8").trim()}\n`;
  });
}

function packageFolder(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
  }
}

if (import.meta.main) await bundleForNode({ input: "dist/index.js", dir: "dist/node", inlined: process.argv.slice(2) });
