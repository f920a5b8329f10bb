// Makes the files of the published command, in dist/node or the folder that is named: what every start loads is two files, and what most
// commands load one more.
import { join } from "node:path";

import { bundleForNode, type NodeBundle } from "../../../tools/bundle-for-node.ts";

const root = join(import.meta.dirname, "..");

const eager = "const childProcess = require('node:child_process');";
const lazy = "const childProcess = { spawn: (...args) => require('node:child_process').spawn(...args) };";

/** Commander loads node:child_process for commands that are programs of their own, which ours are not: it takes as long as all of commander. */
const laterChildProcess: NonNullable<NodeBundle["plugins"]>[number] = {
  name: "later-child-process",
  transform: (code, id) => {
    if (!/commander[\\/]lib[\\/]command\.js$/.test(id)) return null;
    if (!code.includes(eager)) throw new Error("Commander loads node:child_process in another way than it did.");
    return code.replace(eager, lazy);
  },
};

await bundleForNode({
  input: join(root, "src/main.ts"),
  dir: process.argv[2] ?? join(root, "dist/node"),
  inlined: ["commander", "@commander-js/extra-typings"],
  plugins: [laterChildProcess],
  groups: [
    { name: "start", test: /src[\\/](?:program|output|exit-codes)\.ts/ },
    { name: "files", test: /src[\\/](?:files[\\/]read-file|models[\\/]ports)\.ts/ },
  ],
});
