import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { type Digits, readDigits, sliceDigits } from "@lamella-examples/mnist";
import { decode } from "fast-png";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { digitsJob } from "../src/digits-job.ts";
import { drawPicture } from "../src/picture.ts";
import { Report } from "../src/report.ts";
import { visitorsJob } from "../src/visitors-job.ts";
import { makeVisitors } from "../src/visitors.ts";

let out: string;
let digits: Digits;

beforeAll(async () => {
  out = await mkdtemp(path.join(tmpdir(), "quickstart-"));
  digits = await readDigits("t10k");
});

afterAll(async () => {
  await rm(out, { recursive: true });
});

describe("the digits", () => {
  test("are all there, from 0 to 1, with their labels", () => {
    expect(digits).toMatchObject({ count: 10_000, side: 28 });
    expect(digits.images.length).toBe(10_000 * 28 * 28);
    expect([...digits.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    expect(digits.images.reduce((largest, pixel) => Math.max(largest, pixel))).toBe(1);
  });

  test("are missed by name", async () => {
    await expect(readDigits("train", out)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("train-images-idx3-ubyte: The digits cannot be read: ENOENT"),
    });
  });

  test("must have as many labels as images", async () => {
    await writeFile(
      path.join(out, "t10k-images-idx3-ubyte"),
      Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 5, 6),
    );
    await writeFile(path.join(out, "t10k-labels-idx1-ubyte"), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 5));
    await expect(readDigits("t10k", out)).rejects.toThrow("do not fit together");
  });
});

describe("the picture", () => {
  const training = { loss: [0.5, 0.2, 0.1], validationLoss: [0.3, 0.2, 0.15] };

  test("is well-formed SVG with the digits in it", () => {
    const few = sliceDigits(digits, 0, 40);
    const picture = drawPicture(few, few.labels, training);
    expect(XMLValidator.validate(picture)).toBe(true);
    const images = [...picture.matchAll(/href="data:image\/png;base64,([^"]+)"/g)].map(([, data]) => data!);
    expect(images.length).toBe(32);
    const seventh = decode(Buffer.from(images[6]!, "base64"));
    expect(Buffer.compare(seventh.data as Uint8Array, sliceDigits(few, 6, 7).pixels)).toBe(0);
    expect(picture).toContain("test accuracy 100.00 %");
    expect(picture).not.toContain('class="digit wrong"');
  });

  test("marks the wrong ones", () => {
    const few = sliceDigits(digits, 0, 8);
    const picture = drawPicture(few, few.labels.with(0, 3), training);
    expect(XMLValidator.validate(picture)).toBe(true);
    expect(picture.match(/class="digit wrong"/g)?.length).toBe(2);
    expect(picture).toContain("3, not 7");
    expect(picture).toContain("Mistakes: 1");
  });

  test("has both curves, inside the chart", () => {
    const few = sliceDigits(digits, 0, 8);
    const text = drawPicture(few, few.labels, training);
    const paths = [...text.matchAll(/<path d="([^"]+)"/g)].map(([, d]) => d!);
    expect(paths.length).toBe(2);
    for (const number of paths.join(" ").match(/-?[\d.]+/g)!) expect(Number(number)).toBeGreaterThanOrEqual(0);
    const parsed = new XMLParser({ ignoreAttributes: false }).parse(text) as { svg: { "@_height": string } };
    expect(Number(parsed.svg["@_height"])).toBeGreaterThan(100);
  });
});

describe("made-up visitors", () => {
  test("are the same for the same seed, and buy about half of the time", () => {
    const visitors = makeVisitors(1000, 0.5);
    expect(makeVisitors(1000, 0.5)).toEqual(visitors);
    expect(makeVisitors(1000, 0.25)).not.toEqual(visitors);
    const share = visitors.buys.reduce((sum, buys) => sum + buys, 0) / 1000;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });
});

describe("the whole job on few samples", { timeout: 120_000 }, () => {
  test("trains, saves, loads elsewhere, exports and draws the digits", async () => {
    const printed: string[] = [];
    const report = new Report((text) => printed.push(text));
    const few = sliceDigits(digits, 0, 100);
    await digitsJob(report, { train: sliceDigits(digits, 100, 200), test: few, epochs: 2, wanted: 0.999, out });
    expect(report.failures).toEqual(["The test accuracy is below 99.90 %."]);
    expect(printed).toContainEqual(expect.stringMatching(/^test accuracy: \d+\.\d\d %$/));
    expect(printed).toContainEqual(expect.stringMatching(/^largest difference \d/));
    expect(await readFile(path.join(out, "digits.svg"), "utf8")).toContain("<svg");
    expect(report.table()).toMatch(/^what .*seconds\n─+\nTrain a network on the digits/);
  });

  test("trains, saves and loads the model with two inputs", async () => {
    const report = new Report(() => undefined);
    await visitorsJob(report, { count: 400, epochs: 1, wanted: 0, out });
    expect(report.failures).toEqual([]);
    expect(report.table()).toContain("Load and evaluate it");
  });

  test("names the file when the disk does not take it", async () => {
    const report = new Report(() => undefined);
    const nowhere = path.join(out, "nowhere");
    await expect(visitorsJob(report, { count: 40, epochs: 1, wanted: 0, out: nowhere })).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("visitors.lamella: The file cannot be written: ENOENT"),
    });
  });
});
