import { createRequire } from "node:module";
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";

import manifest from "../../package.json" with { type: "json" };

/** What measurements depend on beside the model. */
export function machine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    threads: availableParallelism(),
    memory: totalmem(),
    platform: `${platform()}-${arch()} ${release()}`,
  };
}

/** The runtimes, each by the packages that lead to it from here. */
const runtimes: Readonly<Record<string, readonly string[]>> = {
  "onnxruntime-node": ["lamella", "@lamella/backend-onnxruntime", "onnxruntime-node"],
  "@tensorflow/tfjs-core": ["@lamella/backend-tfjs", "@tensorflow/tfjs-core"],
};

/** The versions of the command, of Node, and of the runtimes that are installed. */
export function versions(): Readonly<Record<string, string>> {
  const found: Record<string, string> = { lamella: manifest.version, node: process.version.slice(1) };
  for (const [name, path] of Object.entries(runtimes)) {
    const version = versionOf(path);
    if (version !== undefined) found[name] = version;
  }
  return found;
}

function versionOf(path: readonly string[]): string | undefined {
  let require = createRequire(import.meta.url);
  try {
    for (const name of path.slice(0, -1)) require = createRequire(require.resolve(`${name}/package.json`));
    return (require(`${path.at(-1)!}/package.json`) as { readonly version: string }).version;
  } catch {
    // Not installed: there is nothing to tell.
    return undefined;
  }
}
