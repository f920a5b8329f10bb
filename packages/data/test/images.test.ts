import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import type { Interpolation } from "@lamella/ir";
import { afterAll, describe, expect, test } from "vitest";

import { type Channels, decodeImage } from "../src/images/decode-image.ts";
import { type ImageSize, resizeImage } from "../src/images/resize-image.ts";
import { type Dataset, dataset, type ImageFolderOptions } from "../src/index.ts";
import { expectError } from "./expect-error.ts";

/**
 * Images that TensorFlow 2.21 wrote, or bytes of other kinds of PNG, and what tf.image.decode_image makes of them; what the loader of
 * Keras's image_dataset_from_directory makes of the first.
 */
const goldens = JSON.parse(readFileSync(new URL("goldens/images.json", import.meta.url), "utf8")) as {
  readonly decoded: readonly {
    readonly name: string;
    readonly bytes: string;
    readonly channels: Channels;
    readonly shape: readonly number[];
    readonly pixels: readonly number[];
  }[];
  readonly resized: Readonly<Record<string, readonly number[]>>;
};
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const bytesNamed = (name: string) => bytesOf(goldens.decoded.find((golden) => golden.name === name)!.bytes);
const [png, gray, jpeg] = ["rgb.png", "gray.png", "jpeg, full colour"].map(bytesNamed) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

describe("decoding", () => {
  const pngs = goldens.decoded.filter(({ name }) => name.endsWith(".png"));
  test.each(pngs)("$name in $channels channels", ({ bytes, channels, shape, pixels }) => {
    const image = decodeImage(bytesOf(bytes), channels, "image");
    expect([image.dtype, image.shape, Array.from(image.data)]).toEqual(["uint8", shape, pixels]);
  });

  // Decoders of JPEG round the inverse cosine transform as they like: by 1 for each of Y, Cb and Cr, with weights up to 1.8.
  const jpegs = goldens.decoded.filter(({ name }) => name.startsWith("jpeg"));
  test.each(jpegs)("$name in $channels channels, within 4", ({ bytes, channels, shape, pixels }) => {
    const image = decodeImage(bytesOf(bytes), channels, "image");
    expect(image.shape).toEqual(shape);
    expect(Math.max(...pixels.map((pixel, i) => Math.abs(pixel - image.data[i]!)))).toBeLessThanOrEqual(4);
  });

  test("alpha is 255 where a file has none", () => {
    for (const name of ["bw.png", "g4.png", "pal.png", "jpeg, grey"]) {
      const { data } = decodeImage(bytesNamed(name), 4, name);
      expect(data.filter((_, i) => i % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
    }
  });

  test("what is no intact image names its file", async () => {
    await expectError(() => decodeImage(png.subarray(0, 50), 3, "cut.png"), "format", /cut\.png: The image is broken/);
    await expectError(() => decodeImage(jpeg.subarray(0, 100), 3, "cut.jpg"), "format", /cut\.jpg.*intact JPEG/);
    await expectError(() => decodeImage(new Uint8Array(0), 3, "none.png"), "format", /none\.png.*empty/);
    await expectError(() => decodeImage(Buffer.from("GIF89a"), 3, "a.gif"), "unsupported", /a\.gif.*PNG or JPEG/);
  });
});

describe("resizing as TensorFlow does", () => {
  const image = decodeImage(png, 3, "rgb.png");
  const plain = { cropToAspectRatio: false, padToAspectRatio: false };
  const cases: readonly [string, ImageSize, Interpolation, Partial<typeof plain>][] = [
    ["bilinear", [3, 6], "bilinear", {}],
    ["nearest", [3, 6], "nearest", {}],
    ["bicubic", [3, 6], "bicubic", {}],
    ["lanczos3", [3, 6], "lanczos3", {}],
    ["lanczos5", [3, 6], "lanczos5", {}],
    ["crop", [3, 6], "bilinear", { cropToAspectRatio: true }],
    ["crop2", [7, 3], "bilinear", { cropToAspectRatio: true }],
    ["pad", [3, 6], "bilinear", { padToAspectRatio: true }],
    ["pad2", [6, 3], "nearest", { padToAspectRatio: true }],
  ];
  // Sums of up to 11 x 11 products of float32 weights and values up to 235: 1e-4 is 7 units in the last place, and the goldens have 4 digits.
  test.each(cases)("%s", (name, size, interpolation, options) => {
    const resized = resizeImage(image, size, { ...plain, ...options, interpolation });
    expect(resized.shape).toEqual([...size, 3]);
    const expected = goldens.resized[name]!;
    expect(Math.max(...expected.map((value, i) => Math.abs(value - resized.data[i]!)))).toBeLessThan(1.5e-4);
  });
});

const folder = mkdtempSync(join(tmpdir(), "lamella-images-"));
afterAll(() => rmSync(folder, { recursive: true }));
const root = join(folder, "set");
mkdirSync(join(root, "cat", "more"), { recursive: true });
for (const name of ["dog", ".hidden", "bird"]) mkdirSync(join(root, name), { recursive: true });
for (let i = 0; i < 4; i++) writeFileSync(join(root, "cat", `c${i}.png`), png);
writeFileSync(join(root, "cat", "more", "c4.png"), png);
writeFileSync(join(root, "dog", "d0.JPG"), jpeg);
writeFileSync(join(root, "dog", "d1.png"), gray);
writeFileSync(join(root, "dog", "notes.txt"), "no image");
writeFileSync(join(root, "bird", "b0.png"), gray);
const mkdir = (name: string) => {
  mkdirSync(join(folder, name), { recursive: true });
  return join(folder, name);
};

describe("imageFolder", () => {
  const options: ImageFolderOptions = { imageSize: [4, 6], shuffle: false };

  test("a class for every sub-folder, in Keras's order and dtypes", async () => {
    const set = await dataset.imageFolder(root, { ...options, batchSize: 5 });
    expect(set.classNames).toEqual(["bird", "cat", "dog"]);
    expect(set.filePaths.map((path) => basename(path))).toEqual([
      "b0.png",
      "c0.png",
      "c1.png",
      "c2.png",
      "c3.png",
      "c4.png",
      "d0.JPG",
      "d1.png",
    ]);
    expect(set.cardinality).toBe(2);
    const batches = await set.toArray();
    expect(batches.map(([images, labels]) => [images.dtype, images.shape, labels.dtype, labels.toArray()])).toEqual([
      ["float32", [5, 4, 6, 3], "int32", [0, 1, 1, 1, 1]],
      ["float32", [3, 4, 6, 3], "int32", [1, 2, 2]],
    ]);
  });

  test("labels of other kinds", async () => {
    const labelsOf = async (more: ImageFolderOptions) => {
      const [batch] = await (await dataset.imageFolder(root, { ...options, ...more })).toArray();
      return [batch![1].dtype, batch![1].toArray()];
    };
    expect(await labelsOf({ labelMode: "categorical", classNames: ["dog", "bird"] })).toEqual([
      "float32",
      [
        [1, 0],
        [1, 0],
        [0, 1],
      ],
    ]);
    expect(await labelsOf({ labelMode: "binary", classNames: ["bird", "dog"] })).toEqual(["float32", [[0], [1], [1]]]);
    expect(await labelsOf({ labels: [7, 6, 5, 4, 3, 2, 1, 0] })).toEqual(["int32", [7, 6, 5, 4, 3, 2, 1, 0]]);
    const none = await dataset.imageFolder(root, {
      ...options,
      labelMode: null,
      batchSize: null,
      colorMode: "grayscale",
    });
    expect((await none.toArray()).map(({ shape }) => shape)).toEqual(Array.from({ length: 8 }, () => [4, 6, 1]));
  });

  test("the parts of a split have all images between them, and none in common", async () => {
    const split = { ...options, shuffle: true, seed: 3, validationSplit: 0.3 } as const;
    const train = await dataset.imageFolder(root, { ...split, subset: "training" });
    const validation = await dataset.imageFolder(root, { ...split, subset: "validation" });
    expect([train.filePaths.length, validation.filePaths.length]).toEqual([6, 2]);
    expect(new Set([...train.filePaths, ...validation.filePaths]).size).toBe(8);
    const both = await dataset.imageFolder(root, { ...split, subset: "both" });
    expect(both.map(({ filePaths }) => filePaths)).toEqual([train.filePaths, validation.filePaths]);
    const other = await dataset.imageFolder(root, { ...split, seed: 4, subset: "training" });
    expect(other.filePaths).not.toEqual(train.filePaths);
  });

  test("a shuffled pass has every image with its own label", async () => {
    const set = await dataset.imageFolder(root, { imageSize: 4, seed: 5, batchSize: null });
    const passes = [await set.toArray(), await set.toArray()];
    const labels = passes.map((elements) => elements.map(([, label]) => label.toNumbers()[0]!));
    expect(labels.map((list) => list.toSorted((a, b) => a - b))).toEqual([0, 1].map(() => [0, 1, 1, 1, 1, 1, 2, 2]));
    expect(labels[0]).not.toEqual(labels[1]);
    for (const [image, label] of passes.flat()) {
      const isGrey = image.data[0] === image.data[1];
      // The bird is grey, cats are not, one of two dogs is.
      expect([[true], [false], [true, false]][label.toNumbers()[0]!]).toContain(isGrey);
    }
  });

  test("a broken image is named when it is read", async () => {
    const dir = mkdir("broken/a");
    writeFileSync(join(dir, "bad.png"), png.subarray(0, 40));
    const set: Dataset<unknown> = await dataset.imageFolder(join(folder, "broken"));
    await expectError(() => set.toArray(), "format", /broken.a.bad\.png/);
    rmSync(join(dir, "bad.png"));
    await expectError(() => set.toArray(), "unavailable", /bad\.png.*ENOENT/);
  });

  test("folders without images are refused", async () => {
    await expectError(() => dataset.imageFolder(join(folder, "none")), "unavailable", /none.*ENOENT/);
    await expectError(() => dataset.imageFolder(mkdir("empty")), "data", /no sub-folders.*labels: null/);
    mkdir("hollow/a");
    await expectError(() => dataset.imageFolder(join(folder, "hollow")), "data", /no images/);
    const split = { ...options, validationSplit: 0.01, subset: "validation" } as const;
    await expectError(() => dataset.imageFolder(root, split), "data", /no validation images/);
  });

  const wrong: readonly [object, RegExp][] = [
    [{ labelMode: "ints" }, /labelMode.*int, categorical/],
    [{ colorMode: "bgr" }, /colorMode/],
    [{ interpolation: "area" }, /interpolation.*bilinear.*area/],
    [{ imageSize: [0, 3] }, /imageSize/],
    [{ batchSize: 0 }, /batchSize/],
    [{ labelMode: "binary" }, /two classes.*bird, cat, dog/],
    [{ labels: null, classNames: ["cat"] }, /classNames/],
    [{ cropToAspectRatio: true, padToAspectRatio: true }, /Only one/],
    [{ validationSplit: 0.2 }, /belong together/],
    [{ subset: "training" }, /belong together/],
    [{ subset: "test", validationSplit: 0.2 }, /subset.*training/],
    [{ subset: "training", validationSplit: 1.5, seed: 1 }, /between 0 and 1.*1\.5/],
    [{ subset: "training", validationSplit: 0.2, shuffle: true }, /seed/],
  ];
  test.each(wrong)("%j is refused", async (more, pattern) => {
    await expectError(() => dataset.imageFolder(root, { ...options, ...more }), "config", pattern);
  });

  test("labels and names that do not fit are refused", async () => {
    await expectError(() => dataset.imageFolder(root, { labels: [1, 2] }), "data", /8 labels.*2/);
    await expectError(() => dataset.imageFolder(root, { classNames: ["cow"] }), "name", /'cow'.*bird, cat, dog/);
  });
});
