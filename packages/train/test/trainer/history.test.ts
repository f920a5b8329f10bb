import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { History } from "@lamella/train";
import { decode } from "fast-png";
import { describe, expect, test, vi } from "vitest";

import { errorOf } from "./support.ts";

function made(): History {
  const history = new History();
  for (const epoch of [0, 1, 2, 3]) {
    history.add(epoch, { loss: 4 - epoch, ...(epoch % 2 === 1 ? { val_loss: 5 - epoch } : {}), rate: 0.5 });
  }
  return history;
}

/** The attributes of every element of a kind. */
function elements(svg: string, kind: string): Record<string, string>[] {
  return [...svg.matchAll(new RegExp(`<${kind}( [^>]*)>`, "g"))].map(([, attributes]) =>
    Object.fromEntries([...attributes!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value])),
  );
}

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, content]) => content);

/** The points of a path of straight lines, piece by piece. */
const pieces = (path: string) =>
  path
    .split("M")
    .slice(1)
    .map((piece) => piece.split("L").map((point) => point.replace("Z", "").split(",").map(Number)));

describe("the curves as SVG", () => {
  test("a chart for each name, trained and validated in one", async () => {
    const svg = await made().toSvg({ width: 400, height: 200 });
    expect(elements(svg, "svg")[0]).toMatchObject({ width: "400", height: "400", viewBox: "0 0 400 400" });
    const [loss, validated, rate] = elements(svg, "path").map(({ d }) => pieces(d!)[0]!);
    // Down from 4 to 1 over four epochs, evenly, from the left edge to the right one.
    expect(loss!.map(([x]) => x)).toEqual([64, 170.67, 277.33, 384]);
    const heights = loss!.map(([, y]) => y!);
    expect([heights[0], heights[3]]).toEqual([42, 172]);
    expect(heights[1]! - heights[0]!).toBeCloseTo(heights[3]! - heights[2]!, 1);
    // Only the second and the fourth epoch were validated: values 4 and 2.
    expect(validated!.map(([x]) => x)).toEqual([170.67, 384]);
    expect(validated![0]![1]).toBe(42);
    expect(new Set(rate!.map(([, y]) => y)).size).toBe(1);
    for (const name of ["loss", "val_loss", "rate", "1", "4"]) expect(texts(svg)).toContain(name);
    expect(elements(svg, "g").map(({ transform }) => transform)).toEqual(["translate(0 0)", "translate(0 200)"]);
  });

  test("values that are not finite leave gaps, one value is a dot, names are escaped", async () => {
    const history = new History();
    for (const [epoch, value] of [1, 2, Number.NaN, 3, 4].entries()) history.add(epoch, { loss: value });
    history.add(5, { "a<b>&c": 1 });
    const svg = await history.toSvg();
    expect(pieces(elements(svg, "path")[0]!["d"]!).map((piece) => piece.length)).toEqual([2, 2]);
    expect(elements(svg, "circle")).toHaveLength(1);
    expect(texts(svg)).toContain("a&lt;b&gt;&amp;c");
    expect(svg).not.toContain("NaN");
    expect(await new History().toSvg()).toMatch(/^<svg .*<\/svg>$/);
  });

  test("some of the names, in a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lamella-"));
    const file = join(folder, "curves.svg");
    await made().plot(file, { names: ["rate"] });
    const svg = await readFile(file, "utf8");
    await rm(folder, { recursive: true });
    expect(elements(svg, "path")).toHaveLength(1);
    expect(svg).toBe(await made().toSvg({ names: ["rate"] }));
  });

  test("as PNG, twice as fine", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lamella-"));
    const file = join(folder, "curves.PNG");
    await made().plot(file, { width: 300 });
    const { width, data, channels } = decode(await readFile(file));
    await rm(folder, { recursive: true });
    expect(width).toBe(600);
    const colours = new Set(
      Array.from({ length: data.length / channels }, (_, i) => data.slice(i * channels, i * channels + 3).join()),
    );
    expect(colours.size).toBeGreaterThan(10);
  });

  test("no PNG without what makes it", async () => {
    vi.doMock("@resvg/resvg-js", () => {
      throw new Error("it is not installed");
    });
    const refused = await errorOf(() => made().plot("/nowhere/curves.png"));
    vi.doUnmock("@resvg/resvg-js");
    expect(refused.code).toBe("unsupported");
    expect(refused.message).toContain("Install it (npm install @resvg/resvg-js), or write an .svg.");
  });

  test("no file of another kind", async () => {
    const refused = await errorOf(() => made().plot("/nowhere/curves.jpg"));
    expect(refused.code).toBe("unsupported");
    expect(refused.message).toContain("ends with .svg or .png. Received: /nowhere/curves.jpg.");
  });

  test("unusable options", async () => {
    const unknown = await errorOf(() => made().toSvg({ names: ["los"] }));
    expect(unknown.message).toBe(
      "History.toSvg, option 'names': Unknown value 'los'. Expected: one of loss, rate. Did you mean 'loss'?",
    );
    expect((await errorOf(() => made().toSvg({ width: Number.NaN }))).message).toContain(
      "width: The value cannot be used.",
    );
  });
});
