import { readFileSync } from "node:fs";

import { Tensor } from "@lamella/ir";
import { expect, test } from "vitest";

import { encodeNpy, encodeNpz, readCsv, readImage, readNpy, readNpz } from "../src/index.ts";
import { expectError } from "./expect-error.ts";

const golden = (name: string): unknown => JSON.parse(readFileSync(new URL(`goldens/${name}`, import.meta.url), "utf8"));
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const { arrays } = golden("npy.json") as {
  readonly arrays: Readonly<Record<string, { readonly bytes: string }>>;
};
const { decoded } = golden("images.json") as {
  readonly decoded: readonly { readonly name: string; readonly bytes: string }[];
};

const written = ["<f4", "<f2", "<f8", "|b1", "|u1", "<i4", "<u4", "<i8", "scalar", "empty"];
test.each(written)("what is written is what numpy writes, byte for byte: %s", async (name) => {
  const bytes = bytesOf(arrays[name]!.bytes);
  expect(encodeNpy(await readNpy(bytes))).toEqual(bytes);
});

test.each([
  [1000, 1, 128],
  [3, 100, 192],
])("headers are as long as numpy's: %i rows, %i columns", (rows, columns, length) => {
  const ones = Array.from({ length: 11 }, () => 1);
  expect(encodeNpy(new Tensor("float32", [rows, 0, ...ones, columns], new Float32Array(0)))).toHaveLength(length);
});

test("an archive gives back what was put in, views of larger arrays among it", async () => {
  const whole = new Tensor("float32", [3, 2], Float32Array.of(1, 2, 3, 4, 5, 6));
  const archive = { rows: whole.rows(1, 3), "dir/é": new Tensor("int64", [1], BigInt64Array.of(-7n)) };
  expect(await readNpz(await encodeNpz(archive))).toEqual(archive);
});

test("a table of numbers, with names above it or without", async () => {
  const plain = await readCsv({ text: "1,2.5\n-3,4e1\n" });
  expect([plain.dtype, plain.shape, plain.toArray()]).toEqual([
    "float32",
    [2, 2],
    [
      [1, 2.5],
      [-3, 40],
    ],
  ]);
  expect(await readCsv({ text: "a,b\n1,2.5\n-3,40" })).toEqual(plain);
  await expectError(() => readCsv({ text: "1,2\n3,x" }), "data", /line 2, column 2.*a number.*'x'/s);
  await expectError(() => readCsv({ text: "a,1\n3,2" }), "data", /line 1, column 1/);
  await expectError(() => readCsv({ text: "1,\n3,2" }), "data", /line 1, column 2.*empty/);
  await expectError(() => readCsv({ text: "a,b\n" }), "data", /no rows/);
  await expectError(() => readCsv({ text: "1,2\n3" }), "data", /another length/);
});

test("one image, in its own size and colours or others", async () => {
  const png = bytesOf(decoded.find(({ name }) => name === "rgb.png")!.bytes);
  const image = await readImage(png);
  const grey = await readImage(png, { colorMode: "grayscale", targetSize: [2, 5] });
  expect([image.dtype, image.shape.length, image.shape[2]]).toEqual(["float32", 3, 3]);
  expect(image.toNumbers().some((value) => value > 1)).toBe(true);
  expect(grey.shape).toEqual([2, 5, 1]);
  await expectError(() => readImage(png.subarray(0, 40)), "format", /the image: The image is broken/);
});
