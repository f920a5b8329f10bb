import { join } from "node:path";

import { lower, Tensor } from "@lamella/ir";
import { dense, embedding, flatten, input, model, sequential } from "lamella";
import { describe, expect, test } from "vitest";

import { differenceOf, largestOf } from "../src/compare/difference.ts";
import { layerValues } from "../src/compare/layer-values.ts";
import { generatedInputs } from "../src/models/generated-inputs.ts";
import { numbers, writeNpz } from "./arrays.ts";
import { twoInputs, writeTwo } from "./models.ts";
import { lamellaHere, testFolder } from "./support.ts";

const folder = await testFolder();
const at = (name: string) => join(folder, name);
await writeTwo(folder);
await writeNpz(at("x.npz"), { a: numbers("a", [3, 8]), b: numbers("b", [3, 4]) });

interface Report {
  readonly agree: boolean;
  readonly inputs: string;
  readonly outputs: readonly Row[];
  readonly layers: readonly Row[];
}
interface Row {
  readonly name: string;
  readonly differences: readonly { readonly backend: string; readonly absolute: number; readonly relative: number }[];
}

describe("backends that agree", () => {
  const layers = ["tower/first", "tower/norm", "side", "join", "out"];
  test.each(["two.lamella", "two.onnx"])("%s, output by output and layer by layer", async (name) => {
    const compare = ["compare", at(name), "--backends", "onnxruntime,reference,tfjs:cpu"];
    const { code, stdout } = await lamellaHere(...compare, "--inputs", at("x.npz"), "--json");
    const report = JSON.parse(stdout) as Report;
    expect([code, report.agree, report.inputs]).toEqual([0, true, at("x.npz")]);
    expect(report.outputs.map((row) => row.name)).toEqual(["out"]);
    expect(report.layers.map((row) => row.name)).toEqual(layers);
    for (const { differences } of [...report.outputs, ...report.layers]) {
      expect(differences.map(({ backend }) => backend)).toEqual(["reference", "tfjs:cpu"]);
      // float32: sums of at most 14 products, each of an error below 6e-8 of the largest number, in three layers.
      for (const { relative } of differences) expect(relative).toBeLessThan(14 * 3 * 6e-8);
    }
  });
});

test("exit code 1 above the tolerance, and the same generated inputs for the same seed", async () => {
  const compare = (seed: string) =>
    lamellaHere("compare", at("two.lamella"), "--backends", "reference,tfjs:cpu", "--tolerance", "0", "--seed", seed);
  const [one, again, other] = [await compare("1"), await compare("1"), await compare("2")];
  expect([one.code, one.stderr]).toEqual([1, ""]);
  expect(one.stdout).toMatch(/^Layer +tfjs:cpu +relative\ntower\/first /m);
  expect(one.stdout).toContain("The backends differ: by up to ");
  expect(one.stdout).toContain("generated, seed 1");
  expect(again.stdout).toBe(one.stdout);
  expect(other.stdout).not.toBe(one.stdout);
});

test.each([
  ["onnxruntime", 2, "compares with nothing"],
  ["reference,reference", 2, "named twice"],
  ["reference,tensorflow", 2, "Unknown backend 'tensorflow'"],
  ["reference,tfjs:warp", 2, "Unknown device 'warp'"],
  ["reference,tfjs:webgl", 4, "use device"],
])("--backends %s is refused", async (backends, code, message) => {
  const outcome = await lamellaHere("compare", at("two.lamella"), "--backends", backends);
  expect([outcome.code, outcome.stderr]).toEqual([code, expect.stringContaining(message)]);
});

test("differences are shares of the largest number that is expected, and NaN comes before all", () => {
  const of = (...values: number[]) => new Tensor("float32", [values.length], Float32Array.from(values));
  expect(differenceOf(of(1, -8), of(1.5, -8))).toEqual({ absolute: 0.5, relative: 0.0625 });
  expect(differenceOf(of(1, NaN, Infinity), of(1, NaN, Infinity))).toEqual({ absolute: 0, relative: 0 });
  expect(differenceOf(of(0, 0), of(0, 1)).relative).toBe(Infinity);
  expect(differenceOf(of(1), of(1, 2)).relative).toBeNaN();
  const nan = differenceOf(of(1, 2), of(1, NaN));
  expect(largestOf([nan, { absolute: 1, relative: 1 }]).relative).toBeNaN();
  expect(largestOf([])).toEqual({ absolute: 0, relative: 0 });
});

test("layers give what others take: no masks, no weights, nothing from within", () => {
  const { graph } = lower(twoInputs());
  const inputs = graph.inputs.filter(({ name }) => name === "a" || name === "b").map(({ value }) => value);
  const given = layerValues(graph, inputs).map(({ layer, values }) => [
    layer,
    values.map((id) => graph.values[id]!.shape),
  ]);
  expect(Object.fromEntries(given)).toEqual({
    "tower/first": [["batch", 6]],
    "tower/norm": [["batch", 6]],
    side: [["batch", 6]],
    join: [["batch", 12]],
    out: [["batch", 3]],
  });
});

test("generated inputs have the sizes that were asked for, and fit the tables they are looked up in", () => {
  const words = input({ shape: [null], name: "words" });
  const marks = input({ shape: [5, 2], name: "marks", dtype: "uint8" });
  const rows = embedding(7, 2)(words);
  const net = model({ inputs: [words, marks], outputs: [dense(1)(rows), flatten()(marks)] });
  const { graph, hosted } = lower(net);
  const program = {
    graph,
    constants: Object.fromEntries(graph.inputs.slice(2).map(({ name }) => [name, numbers("w", [1])])),
    hosted,
  };
  const given = generatedInputs(program, { samples: 40, size: 9, seed: 1 });
  expect([given["words"]!.shape, given["marks"]!.shape, given["marks"]!.dtype]).toEqual([[40, 9], [40, 5, 2], "uint8"]);
  expect(new Set(given["words"]!.toNumbers())).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
  expect(Math.max(...given["marks"]!.toNumbers())).toBe(9);
  const floats = generatedInputs(
    { ...program, graph: lower(sequential([dense(1, { inputShape: [50] })])).graph },
    { samples: 4, size: 1, seed: 1 },
  );
  const range = Object.values(floats)[0]!.toNumbers();
  expect([Math.min(...range) < -0.9, Math.max(...range) > 0.9]).toEqual([true, true]);
});
