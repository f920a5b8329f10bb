import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { decode } from "fast-png";
import { XMLParser } from "fast-xml-parser";
import { add, dense, input, model, sequential } from "lamella";
import { expect, test } from "vitest";

import { writeTwo } from "./models.ts";
import { lamellaHere, testFolder } from "./support.ts";

const folder = await testFolder();
const at = (name: string) => join(folder, name);
await writeTwo(folder);

async function plot(file: string, picture: string, ...options: string[]): Promise<Buffer> {
  const { code, stdout, stderr } = await lamellaHere("plot", at(file), "-o", at(picture), ...options);
  expect([code, stdout, stderr]).toEqual([0, `${at(picture)}\n`, ""]);
  return readFile(at(picture));
}

test(".svg has a node for every layer and input, and a box for a nested model", async () => {
  const svg = (await plot("two.lamella", "two.svg")).toString();
  const parsed = new XMLParser({ ignoreAttributes: false }).parse(svg) as {
    readonly svg: { readonly g: { readonly g: readonly Record<string, unknown>[] } };
  };
  const count = (kind: string) => parsed.svg.g.g.filter((group) => group["@_class"] === kind).length;
  expect([count("node"), count("edge"), count("cluster")]).toEqual([8, 7, 1]);
  for (const text of ["tower (Sequential)", "BatchNormalization", "(None, 12)"]) expect(svg).toContain(`>${text}<`);
});

test(".png is the same picture, as fine as asked for, with letters in it", async () => {
  const svg = (await plot("two.lamella", "sized.svg")).toString();
  const [, points] = /<svg width="(\d+)pt"/.exec(svg)!;
  const { data, width, height } = decode(await plot("two.lamella", "two.png", "--scale", "1"));
  // A point is 4/3 pixels of CSS; the picture is a whole number of pixels.
  expect(Math.abs(width - (4 * Number(points)) / 3)).toBeLessThanOrEqual(1);
  const black = Array.from({ length: width * height }, (_, i) => data[4 * i]! + data[4 * i + 1]! + data[4 * i + 2]!);
  // Names of types are black; nothing else is.
  expect(black.filter((sum) => sum < 60).length).toBeGreaterThan(300);
});

test(".dot and .mermaid say the same; nested models and shapes can be left out", async () => {
  const dot = (await plot("two.lamella", "two.dot", "--no-nested", "--no-shapes", "--direction", "LR")).toString();
  expect(dot).toContain("rankdir=LR");
  expect(dot).toContain("<b>Sequential</b>");
  expect(dot).not.toMatch(/subgraph|None|BatchNormalization/);
  const mermaid = (await plot("two.lamella", "two.mermaid")).toString();
  expect(mermaid).toMatch(/^flowchart TB\n/);
  expect(mermaid).toContain('["tower (Sequential)"]');
  expect(mermaid.match(/ --> /g)).toHaveLength(7);
});

test("a layer or model that is called twice is drawn once, and names are not markup", async () => {
  const [a, b] = [input({ shape: [3], name: "a" }), input({ shape: [3], name: "b" })];
  const shared = sequential([dense(2, { name: 'inner <"&' })], { name: "shared" });
  const out = add({ name: "sum" })([shared(a), shared(b)]);
  await model({ inputs: [a, b], outputs: out }).save(at("shared.lamella"));
  const dot = (await plot("shared.lamella", "shared.gv")).toString();
  expect(dot.match(/inner &lt;&quot;&amp;/g)).toHaveLength(1);
  expect(dot.match(/subgraph/g)).toHaveLength(1);
  expect(dot.match(/ -> /g)).toHaveLength(3);
  await plot("shared.lamella", "shared.svg");
});

test(".onnx files are drawn by their operators, in the scopes of their names", async () => {
  const dot = (await plot("two.onnx", "onnx.dot")).toString();
  expect(dot).toContain("<b>MatMul</b>");
  expect(dot).toContain('label="tower"');
  expect(dot).not.toContain("<b>Constant</b>");
});

test("another ending is refused", async () => {
  const { code, stderr } = await lamellaHere("plot", at("two.lamella"), "-o", at("two.gif"));
  expect(code).toBe(2);
  expect(stderr).toContain("expected: one of .svg, .png, .dot");
});
