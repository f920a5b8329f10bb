import { zipSync } from "fflate";
import { expect, test } from "vitest";

import { expectError } from "../../data/test/expect-error.ts";
import { sourceOf } from "../src/files/byte-source.ts";
import { openZip } from "../src/files/zip.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (words: string) => new TextEncoder().encode(words);
const open = (bytes: Uint8Array) => openZip(sourceOf(bytes));

const words = "weights ".repeat(50);
const whole = zipSync({
  "config.json": [bytesOf(words), { level: 9 }],
  "model.weights.h5": [bytesOf(words), { level: 0 }],
  assets: { "vocabulary.txt": bytesOf("a\nb") },
});

/** The whole archive with some bytes changed, as found from the end: names stand last in the directory. */
function changed(find: string, replace: string): Uint8Array {
  const latin = Buffer.from(whole).toString("latin1").replaceAll(find, replace);
  return Buffer.from(latin, "latin1");
}

function twice(): Uint8Array {
  const bytes = Buffer.from(zipSync({ "model.weights.h5": bytesOf("a"), "model.weights.h6": bytesOf("b") }));
  return Buffer.from(bytes.toString("latin1").replaceAll("h6", "h5"), "latin1");
}

/** Changes a field of the first directory entry. */
function withField(at: number, value: number, width: 2 | 4 = 4): Uint8Array {
  const bytes = Buffer.from(whole);
  const directory = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  bytes.writeUIntLE(value, directory + at, width);
  return bytes;
}

test("reads stored and deflated members", () => {
  const zip = open(whole);
  expect(["config.json", "model.weights.h5", "assets/vocabulary.txt", "other"].map((name) => zip.has(name))).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect([text(zip.read("config.json")), text(zip.read("model.weights.h5"))]).toEqual([words, words]);
  expect(text(zip.open("config.json").read(8, 7))).toBe("weights");
  expect(text(zip.open("model.weights.h5").read(8, 7))).toBe("weights");
});

test("reads an archive with a comment behind it and sizes of zip64", () => {
  const data = bytesOf("{}");
  const name = bytesOf("config.json");
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50);
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  for (const [i, value] of [data.length, data.length, 0].entries()) extra.writeBigUInt64LE(BigInt(value), 4 + i * 8);
  for (const at of [20, 24, 42]) entry.writeUInt32LE(0xffffffff, at);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt16LE(extra.length, 30);
  entry.writeUInt32LE(crcOf(data), 16);
  const start = 30 + name.length + data.length;
  const size = 46 + name.length + extra.length;
  const wide = Buffer.alloc(56);
  wide.writeUInt32LE(0x06064b50);
  for (const [at, value] of [
    [32, 1],
    [40, size],
    [48, start],
  ] as const)
    wide.writeBigUInt64LE(BigInt(value), at);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50);
  locator.writeBigUInt64LE(BigInt(start + size), 8);
  const tail = Buffer.alloc(22);
  tail.writeUInt32LE(0x06054b50);
  tail.writeUInt16LE(0xffff, 10);
  for (const at of [12, 16]) tail.writeUInt32LE(0xffffffff, at);
  const comment = Buffer.from("made by hand");
  tail.writeUInt16LE(comment.length, 20);
  const bytes = Buffer.concat([local, name, data, entry, name, extra, wide, locator, tail, comment]);
  expect(text(open(bytes).read("config.json"))).toBe("{}");
});

/** What fflate says the checksum is. */
function crcOf(data: Uint8Array): number {
  const bytes = Buffer.from(zipSync({ x: data }));
  return bytes.readUInt32LE(bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 16);
}

test.each([
  ["a name that climbs", () => changed("assets/vocabulary.txt", "../../vocabulary.text"), /leads out.*\.\.\/\.\.\/voc/],
  ["an absolute name", () => changed("assets/vocabulary.txt", "/ssets/vocabulary.txt"), /leads out/],
  ["a drive", () => changed("assets/vocabulary.txt", "c:sets/vocabulary.txt"), /leads out/],
  ["one name twice", twice, /two members 'model.weights.h5'/],
  ["a wrong checksum", () => withField(16, 1), /checksum is wrong/],
  ["a size that is too large", () => withField(24, 1000), /another size than the directory says/],
  ["a size that is too small", () => withField(24, 10), /checksum|size/],
  ["a bomb", () => withField(24, 2 ** 31), /'config.json' would take far more memory/],
  ["a place outside", () => withField(42, 2 ** 30), /damaged or cut off/],
  ["a place of something else", () => withField(42, 7), /not where it should be/],
  ["stored with two sizes", () => withField(10, 0, 2), /two sizes/],
  ["no directory", () => whole.subarray(0, whole.length - 30), /no directory: it is cut off/],
] as const)("refuses an archive with %s", async (_, make, pattern) => {
  await expectError(() => open(make()).read("config.json"), "format", pattern);
});

test("refuses members that are encrypted or packed otherwise, and those that are not there", async () => {
  await expectError(() => open(withField(8, 1, 2)), "unsupported", /'config.json'.*encrypted/);
  await expectError(() => open(withField(10, 12, 2)), "unsupported", /Received: method 12/);
  await expectError(() => open(whole).read("metadata.json"), "format", /no 'metadata.json'.*Received: config.json/);
});

test("refuses a bomb that tells the truth", async () => {
  const zeros = zipSync({ "config.json": [new Uint8Array(2 ** 24 + 1), { level: 1 }] });
  await expectError(() => open(zeros), "format", /far more memory.*Expected: at most 16777216 bytes/);
});
