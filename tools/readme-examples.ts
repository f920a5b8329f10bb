import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

/** A program in a README: a `ts` block, with those after it that import nothing and so continue it. */
export interface Example {
  /** Where it starts, such as `packages/lamella/README.md:12`. */
  readonly name: string;
  /** The path of the README. */
  readonly readme: string;
  readonly code: string;
}

/** The examples of one README. */
export function examplesOf(readme: string, text = readFileSync(readme, "utf8")): Example[] {
  const examples: Example[] = [];
  for (const { groups, index } of text.matchAll(/^```ts\n(?<code>.*?)^```$/gms)) {
    const code = groups!["code"]!;
    const last = examples.at(-1);
    if (last !== undefined && !/^import /m.test(code)) {
      examples[examples.length - 1] = { ...last, code: `${last.code}\n${code}` };
    } else {
      const line = text.slice(0, index).split("\n").length;
      examples.push({ name: `${readme}:${line}`, readme, code });
    }
  }
  return examples;
}

/** The examples of all READMEs of the workspace, which is the current folder. */
export function allExamples(): Example[] {
  return globSync(["README.md", "packages/*/README.md"])
    .toSorted()
    .flatMap((readme) => examplesOf(readme));
}

/** The entry points of the workspace's packages, as files. */
function entryPoints(): ReadonlyMap<string, string> {
  return new Map(
    globSync("packages/*/package.json").flatMap((file) => {
      const { name, exports = {} } = JSON.parse(readFileSync(file, "utf8")) as {
        readonly name: string;
        readonly exports?: Readonly<Record<string, { readonly "@lamella/source"?: string } | string>>;
      };
      return Object.entries(exports).flatMap(([subpath, target]): [string, string][] => {
        const source = typeof target === "string" ? undefined : target["@lamella/source"];
        return source === undefined ? [] : [[join(name, subpath), resolve(dirname(file), source)]];
      });
    }),
  );
}

/** The code of an example with its imports resolved as its package does, so that it can lie anywhere. */
export function anywhere({ code, readme }: Example): string {
  const entries = entryPoints();
  const { resolve: find } = createRequire(resolve(readme));
  return code.replaceAll(/(?<=^(?:import|export|\}) .*from )"(?<name>[^"]+)"/gm, (text, name: string) => {
    if (name.startsWith("node:")) return text;
    return JSON.stringify(entries.get(name) ?? find(name));
  });
}

/** The code with every `console.log(...); // text` turned into a call of `globalThis.printed("text", ...)`. */
export function withChecks(code: string): string {
  return code.replaceAll(
    /console\.log\((?<values>.*)\); \/\/ (?<text>.*)$/gm,
    (_, values: string, text: string) => `globalThis.printed(${JSON.stringify(text)}, ${values});`,
  );
}
