import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect, test } from "vitest";

const script = `
import { Add, GraphBuilder, tensor } from "@lamella/ir";
import { onnxruntime } from "@lamella/backend-onnxruntime";
const builder = new GraphBuilder("sum");
const graph = builder.finish({ y: Add(builder.input("x", ["n"], "float32"), 1) });
const executable = await onnxruntime({ worker: true }).compile(graph);
const { y } = await executable.run({ x: tensor([1, 2]) });
console.log(JSON.stringify((await y.read()).toArray()));
`;

test.each([
  ["a script that came in by a flag", "--input-type=module"],
  ["a flag of V8's", "--max-old-space-size=500"],
])(
  "the worker runs from sources in plain Node, with %s, and keeps no process from ending",
  async (_, flag) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--conditions=@lamella/source", flag, "--eval", script],
      { cwd: fileURLToPath(new URL("..", import.meta.url)), timeout: 20_000 },
    );
    expect(stdout.trim()).toBe("[2,3]");
  },
  25_000,
);
