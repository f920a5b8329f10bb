/**
 * Gives this checkout a native @tensorflow/tfjs-node out of packages alone: TensorFlow's libraries come from its wheel, the
 * addon is compiled here. tfjs-node-gpu gets the same, for the CPU: what it does where there is no GPU can be tested.
 * With `--if-possible` it says in one line why it cannot, and succeeds.
 */
import { rmSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { compileAddon, layout, requireCompiler } from "./link-libtensorflow/addon.ts";
import { cacheFolder, fillOnce } from "./link-libtensorflow/cache.ts";
import { hasOwnParts, linkParts } from "./link-libtensorflow/link.ts";
import { LinkProblem } from "./link-libtensorflow/problem.ts";
import { fetchTensorflow, requirePip, version } from "./link-libtensorflow/wheel.ts";

const root = resolve(import.meta.dirname, "..");

/** The folders of the packages that this needs, by their names. */
const packages = {
  "@tensorflow/tfjs-node": () => import.meta.resolve("@tensorflow/tfjs-node/package.json"),
  "@tensorflow/tfjs-node-gpu": () => import.meta.resolve("@tensorflow/tfjs-node-gpu/package.json"),
  "node-api-headers": () => import.meta.resolve("node-api-headers/package.json"),
} as const;

function packageFolder(name: keyof typeof packages): string {
  try {
    return dirname(fileURLToPath(packages[name]()));
  } catch {
    throw new LinkProblem(`${name} is not installed. Install this checkout's packages first (npx pnpm install).`);
  }
}

function build(tfjsNode: string, aside: string): void {
  const { platform, arch } = process;
  if (platform !== "linux" || arch !== "x64") {
    throw new LinkProblem(
      `The wheel of TensorFlow is one for linux-x64; this is ${platform}-${arch}. ` +
        "Let the package fetch its own library (npx pnpm rebuild @tensorflow/tfjs-node).",
    );
  }
  requirePip();
  requireCompiler();
  const include = join(aside, "include");
  fetchTensorflow(aside, join(aside, layout.libraries), include);
  const nodeHeaders = join(packageFolder("node-api-headers"), "include");
  compileAddon({ tfjsNode, nodeHeaders, include }, aside);
  rmSync(include, { recursive: true });
}

function link(): string {
  const tfjsNode = packageFolder("@tensorflow/tfjs-node");
  if (hasOwnParts(tfjsNode)) return "has native parts of its own, which stay";
  const start = performance.now();
  const folder = cacheFolder(root, `libtensorflow-${version}`);
  const built = fillOnce(folder, (aside) => build(tfjsNode, aside));
  const seconds = Math.round((performance.now() - start) / 1000);
  const linked = linkParts(tfjsNode, folder);
  const ofGpu = packageFolder("@tensorflow/tfjs-node-gpu");
  if (!hasOwnParts(ofGpu)) linkParts(ofGpu, folder);
  const state = built ? `built in ${seconds} s and linked` : linked ? "linked" : "linked already";
  return `TensorFlow ${version} in ${relative(root, folder)}, ${state}`;
}

const { values } = parseArgs({ options: { "if-possible": { type: "boolean", default: false } } });
try {
  console.log(`@tensorflow/tfjs-node: ${link()}`);
} catch (error) {
  if (!(error instanceof LinkProblem)) throw error;
  if (values["if-possible"]) console.log(`@tensorflow/tfjs-node is left out: ${error.message}`);
  else {
    console.error(`@tensorflow/tfjs-node cannot be linked: ${error.message}`);
    process.exitCode = 1;
  }
}
