import { join } from "node:path";

import { dense, input, sequential } from "lamella";
import { expect, test } from "vitest";

import { measureInTurns, median } from "../src/bench/measure.ts";
import { writeTwo } from "./models.ts";
import { lamellaHere, testFolder } from "./support.ts";

const folder = await testFolder();
await writeTwo(folder);

test("works take turns after a warm-up that is not counted", async () => {
  const calls: string[] = [];
  const rounds: number[] = [];
  const work = (name: string) => async () => calls.push(name);
  const times = await measureInTurns([work("a"), work("b")], {
    runs: 4,
    seconds: 60,
    onRound: (done) => rounds.push(done),
  });
  expect(calls.join("")).toBe("aabbabababab");
  expect(rounds).toEqual([1, 2, 3, 4]);
  expect(times.map(({ runs }) => runs)).toEqual([4, 4]);
  for (const { least, median: middle, most } of times) expect(least <= middle && middle <= most).toBe(true);
});

test("when time is up no further round begins, but three are measured", async () => {
  const onRound = () => undefined;
  expect((await measureInTurns([async () => 0], { runs: 100, seconds: 0, onRound }))[0]!.runs).toBe(3);
  expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
});

test("backends and batch sizes, with machine and versions", async () => {
  const bench = ["bench", join(folder, "two.lamella"), "--runs", "3", "--batch", "1,8"];
  const { code, stdout } = await lamellaHere(...bench, "--backends", "onnxruntime,reference", "--json");
  const { results, machine, versions } = JSON.parse(stdout) as {
    readonly results: readonly { backend: string; batch: number; median: number; first: number; runs: number }[];
    readonly machine: { readonly cpu: string; readonly threads: number };
    readonly versions: Readonly<Record<string, string>>;
  };
  expect(code).toBe(0);
  expect(results.map(({ backend, batch, runs }) => [backend, batch, runs])).toEqual([
    ["onnxruntime", 1, 3],
    ["reference", 1, 3],
    ["onnxruntime", 8, 3],
    ["reference", 8, 3],
  ]);
  for (const result of results) expect(result.median > 0 && result.first > 0).toBe(true);
  expect(machine.threads).toBeGreaterThan(0);
  expect(versions).toMatchObject({
    node: process.versions.node,
    "onnxruntime-node": expect.stringMatching(/^\d+\.\d+/),
  });
});

test("a model that fixes its batch is measured with that, and operators as layers are", async () => {
  const fixed = join(folder, "fixed.lamella");
  await sequential([input({ batchSize: 3, shape: [2] }), dense(1)]).save(fixed);
  const rest = ["--runs", "1", "--backends", "reference"];
  expect((await lamellaHere("bench", fixed, ...rest, "--batch", "1,8")).stdout).toMatch(/^reference +3 +\d/m);
  const table = (await lamellaHere("bench", join(folder, "two.onnx"), ...rest)).stdout;
  expect(table).toMatch(/^Backend +Batch +ms a run .*\nreference +1 +\d/);
});
