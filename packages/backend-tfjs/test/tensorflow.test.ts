import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { describe, expect, test } from "vitest";

import { native } from "../src/devices/native.ts";

const absence = await native.check();

/** Runs a program in a process of its own, where neither package has been loaded before. */
async function printed(program: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@lamella/source", "--input-type=module", "--eval", program],
    { cwd: fileURLToPath(new URL("..", import.meta.url)), timeout: 30_000 },
  );
  return JSON.parse(stdout);
}

// pnpm run link-libtensorflow gives this checkout both packages, with TensorFlow for the CPU.
describe.skipIf(absence !== undefined)("the real packages", () => {
  test("tfjs-node computes", async () => {
    const { core, backend } = await native.load();
    await core.setBackend(backend);
    const sum = core.add([1, 2], 3);
    expect([...(await sum.data())]).toEqual([4, 5]);
    sum.dispose();
  });

  test("tfjs-node-gpu without CUDA is no gpu device, and native computes with it", { timeout: 40_000 }, async () => {
    const program = `
      import { gpuOn } from "./src/devices/gpu.ts";
      import { thisHost } from "./src/devices/host.ts";
      import { native } from "./src/devices/native.ts";
      const gpu = gpuOn({ ...thisHost, exists: () => true });
      const reasons = [await gpu.check(), await native.check()];
      console.log(JSON.stringify(reasons));
    `;
    const [gpu, cpu] = (await printed(program)) as (string | null)[];
    expect(gpu).toMatch(/^@tensorflow\/tfjs-node-gpu finds no GPU that it can use, and would compute on the CPU\./);
    expect(cpu).toBeNull();
  });
});
