import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

import { run } from "./command.ts";

const compiler = { program: "g++", remedy: "Install a C++ compiler (apt-get install g++)." };

export function requireCompiler(): void {
  run({ ...compiler, args: ["--version"], failure: "g++ does not work" });
}

export interface AddonSource {
  /** The folder of @tensorflow/tfjs-node. */
  readonly tfjsNode: string;
  /** The folder of Node's C headers. */
  readonly nodeHeaders: string;
  /** The folder of TensorFlow's C headers. */
  readonly include: string;
}

/** Where tfjs-node looks for its addon, and the addon for TensorFlow's libraries, seen from the package's folder. */
export const layout = { addon: "lib/napi-v8/tfjs_binding.node", libraries: "deps/lib" } as const;

/** Compiles tfjs-node's addon into a folder that is laid out as the package is, libraries included. */
export function compileAddon({ tfjsNode, nodeHeaders, include }: AddonSource, folder: string): void {
  const addon = join(folder, layout.addon);
  mkdirSync(dirname(addon), { recursive: true });
  run({
    ...compiler,
    args: [
      ..."-shared -fPIC -O2 -std=c++17 -DNAPI_VERSION=8".split(" "),
      ...[include, dirname(tfjsNode), nodeHeaders].map((path) => `-I${path}`),
      ...["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(tfjsNode, "binding", file)),
      `-L${join(folder, layout.libraries)}`,
      ..."-ltensorflow -ltensorflow_framework -Wl,-rpath,$ORIGIN/../../deps/lib -o".split(" "),
      addon,
    ],
    failure: "The addon of @tensorflow/tfjs-node does not compile",
  });
  run({
    program: process.execPath,
    remedy: "",
    args: ["--eval", `process.dlopen({ exports: {} }, ${JSON.stringify(addon)})`],
    failure: "The addon of @tensorflow/tfjs-node cannot be loaded",
  });
}
