// Proves that package dependencies point only the way `arrows` draws them: in every package.json, and in every import in packages/*/src and examples/*/src.
import { existsSync, globSync, readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";

/** Which workspace packages each published package and each example may depend on. Nothing else may be an arrow between packages. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  "@lamella/ir": [],
  "@lamella/sequential": ["@lamella/ir"],
  "@lamella/functional": ["@lamella/ir"],
  "@lamella/format": ["@lamella/ir"],
  "@lamella/onnx": ["@lamella/ir"],
  "@lamella/keras": ["@lamella/ir"],
  "@lamella/data": ["@lamella/ir"],
  "@lamella/runtime": ["@lamella/ir"],
  "@lamella/train": ["@lamella/ir", "@lamella/runtime"],
  "@lamella/backend-tfjs": ["@lamella/ir", "@lamella/runtime"],
  "@lamella/backend-onnxruntime": ["@lamella/ir", "@lamella/runtime", "@lamella/onnx"],
  lamella: [
    "@lamella/ir",
    "@lamella/sequential",
    "@lamella/functional",
    "@lamella/format",
    "@lamella/onnx",
    "@lamella/runtime",
    "@lamella/train",
    "@lamella/data",
    "@lamella/backend-onnxruntime",
  ],
  "@lamella-examples/custom-training": ["lamella"],
  "@lamella-examples/mnist": ["lamella"],
  "@lamella-examples/purchases": ["lamella"],
  "@lamella-examples/zoo": ["lamella"],
};

const dependencyFields = ["dependencies", "peerDependencies", "optionalDependencies", "devDependencies"] as const;

export interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface Package {
  /** The package's folder. */
  readonly dir: string;
  readonly manifest: Manifest;
  /** Path and text of every source file. */
  readonly sources: ReadonlyMap<string, string>;
}

export interface Report {
  readonly arrows: number;
  readonly errors: readonly string[];
}

/** The module specifiers that a TypeScript source imports or re-exports, types included; comments do not count. */
export function importSpecifiers(source: string): string[] {
  const code = source.replaceAll(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (_, text: string | undefined) => text ?? " ",
  );
  const imports = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(["'`])(?<specifier>[^"'`\n]+)\1/g;
  return [...code.matchAll(imports)].map((match) => match.groups?.["specifier"] ?? "");
}

/** Checks the published packages against `allowed`; `others` are the names of workspace packages that no published one may use. */
export function checkPackages(
  packages: readonly Package[],
  others: readonly string[] = [],
  allowed: typeof arrows = arrows,
): Report {
  const manifests = new Map(packages.map(({ manifest }) => [manifest.name, manifest]));
  const own = new Set([...manifests.keys(), ...others, ...Object.keys(allowed)]);
  const errors: string[] = [];
  let count = 0;
  for (const { dir, manifest, sources } of packages) {
    const { name } = manifest;
    const targets = allowed[name];
    if (targets === undefined) {
      errors.push(`${name}: not in the table of tools/check-deps.ts; say there what it may depend on`);
      continue;
    }
    for (const field of dependencyFields) {
      for (const dependency of Object.keys(manifest[field] ?? {})) {
        if (!own.has(dependency)) continue;
        count += 1;
        if (targets.includes(dependency)) continue;
        errors.push(`${name}: package.json ${field} names ${dependency}, but ${describe(name, targets)}`);
      }
    }
    const declared = new Set([
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.peerDependencies ?? {}),
      ...Object.keys(manifest.optionalDependencies ?? {}),
    ]);
    for (const [file, text] of sources) {
      for (const specifier of importSpecifiers(text)) {
        const problem = specifier.startsWith(".")
          ? relativeProblem(dir, file, specifier)
          : packageProblem(name, specifier, targets, declared, own, manifests);
        if (problem !== undefined) errors.push(`${file}: imports "${specifier}", ${problem}`);
      }
    }
  }
  return { arrows: count, errors };
}

function describe(name: string, targets: readonly string[]): string {
  return targets.length === 0 ? `${name} may use no other package` : `${name} may use only ${targets.join(", ")}`;
}

function relativeProblem(dir: string, file: string, specifier: string): string | undefined {
  const inside = relative(resolve(dir), resolve(file, "..", specifier));
  const leaves = inside === ".." || inside.startsWith(`..${sep}`);
  return leaves ? "which lies outside its package: import the other package by name" : undefined;
}

function packageProblem(
  name: string,
  specifier: string,
  targets: readonly string[],
  declared: ReadonlySet<string>,
  own: ReadonlySet<string>,
  manifests: ReadonlyMap<string, Manifest>,
): string | undefined {
  const parts = specifier.split("/");
  const target = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  if (!own.has(target)) return undefined;
  if (target === name) return "its own package: import the file by a relative path";
  if (!targets.includes(target)) return `but ${describe(name, targets)}`;
  if (!declared.has(target)) return `but package.json does not list ${target} under dependencies`;
  const subpath = `.${specifier.slice(target.length)}`;
  const entries = Object.keys(manifests.get(target)?.exports ?? {});
  if (subpath === "." || entries.includes(subpath)) return undefined;
  return `which is no entry point: ${target} exports ${entries.join(", ") || "nothing"}`;
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, "utf8")) as Manifest;
}

function readPackage(dir: string): Package {
  const sources = globSync(`${dir}/src/**/*.{ts,mts,tsx}`).map((file): [string, string] => [
    file,
    readFileSync(file, "utf8"),
  ]);
  return { dir, manifest: readManifest(`${dir}/package.json`), sources: new Map(sources) };
}

if (import.meta.main) {
  process.chdir(resolve(import.meta.dirname, ".."));
  const dirs = globSync("{packages,examples}/*").filter((dir) => existsSync(`${dir}/package.json`));
  const others = globSync("{apps,internal}/*/package.json").map((file) => readManifest(file).name);
  const { arrows: checked, errors } = checkPackages(dirs.map(readPackage), others);
  for (const error of errors) console.error(error);
  if (errors.length > 0) process.exitCode = 1;
  console.log(`${checked} package arrows checked${errors.length > 0 ? `, ${errors.length} errors` : ""}`);
}
