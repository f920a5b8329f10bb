import { readFileSync } from "node:fs";

import { tensor } from "@lamella/ir";
import { Dataset, File, ready } from "h5wasm";
import { describe, expect, test } from "vitest";

import { expectError } from "../../data/test/expect-error.ts";
import { sourceOf } from "../src/files/byte-source.ts";
import { Cursor, readPart } from "../src/files/hdf5/cursor.ts";
import { readDatatype } from "../src/files/hdf5/datatype.ts";
import { openHdf5 } from "../src/files/hdf5/hdf5-file.ts";
import { writeHdf5 } from "../src/files/hdf5/write-hdf5.ts";

type Files = Readonly<Record<string, string>>;

/** What h5py writes (internal/keras-golden/model_files/hdf5.py): files in base64, by version of the file format. */
const goldens = JSON.parse(readFileSync(new URL("goldens/hdf5.json", import.meta.url), "utf8")) as {
  readonly values: Readonly<Record<string, unknown>>;
  readonly numbers: Files;
  readonly attributes: Files;
  readonly many: Files;
  readonly chunks: Files;
  readonly behind: Files;
  readonly bad: Files;
};
const open = (base64: string) => openHdf5(sourceOf(Buffer.from(base64, "base64")));
const joined = (pieces: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(pieces));

const dtypes: Readonly<Record<string, string>> = {
  float32: "float32",
  "big-endian": "float64",
  float16: "float16",
  bfloat16: "float32",
  bool: "bool",
  int8: "int32",
  int16: "int32",
  uint16: "int32",
  uint8: "uint8",
  int32: "int32",
  uint32: "uint32",
  int64: "int64",
  scalar: "float32",
  empty: "float32",
};

describe.each(["earliest", "v108"])("files of h5py: %s", (version) => {
  test("numbers", () => {
    const file = open(goldens.numbers[version]!);
    const { arrays } = file;
    expect(file.members("layers").toSorted()).toEqual(Object.keys(dtypes).toSorted());
    for (const [name, dtype] of Object.entries(dtypes)) {
      const path = `layers/${name}/vars/0`;
      const read = arrays.read(path);
      expect([name, read.dtype, arrays.type(path)]).toEqual([name, dtype, { dtype, shape: read.shape }]);
      const numbers = JSON.parse(JSON.stringify(read.toArray()).replaceAll("true", "1")) as unknown;
      expect([name, numbers]).toEqual([name, goldens.values[name]]);
    }
    expect([arrays.type("layers/empty/vars/0").shape, arrays.type("layers/scalar/vars/0").shape]).toEqual([[0, 3], []]);
  });

  test("attributes", () => {
    const file = open(goldens.attributes[version]!);
    const names = ["config", "bytes", "names", "texts", "count", "rate", "none", "other"];
    expect(names.map((name) => file.attribute("", name))).toEqual([
      '{"name": "mödel"}',
      "2.15.0",
      ["dense", "dense_1"],
      ["a", "", "ç"],
      3n,
      0.5,
      [],
      undefined,
    ]);
    expect(file.attribute("inner", "long")).toBe("x".repeat(5000));
  });

  test("more members and attributes than a header holds, in their order", () => {
    const file = open(goldens.many[version]!);
    expect(file.members("layers")).toEqual(Array.from({ length: 40 }, (_, i) => `w${i}`));
    for (let i = 0; i < 40; i++) expect(file.arrays.read(`layers/w${i}/vars/0`).toNumbers()).toEqual([i, i]);
    for (let i = 0; i < 20; i++) expect(file.attribute("", `attribute ${i}`)).toBe("x".repeat(i));
    expect(file.attribute("", "large")).toBe("y".repeat(6000));
  });

  test("arrays in blocks", () => {
    const { arrays } = open(goldens.chunks[version]!);
    const all = Array.from({ length: 17 * 23 }, (_, i) => i);
    for (const name of ["plain", "gzip", "all"]) expect([name, arrays.read(name).toNumbers()]).toEqual([name, all]);
    const partly = all.map((value) => (value < 230 && value % 23 < 10 ? value : 0));
    expect(arrays.read("partly").toNumbers()).toEqual(partly);
  });
});

test("a file behind a block for others", () => {
  const { arrays } = open(goldens.behind["user block"]!);
  expect(arrays.read("all").toNumbers()).toEqual(Array.from({ length: 17 * 23 }, (_, i) => i));
});

test.each([
  ["soft link", "format", /soft link, 'y'/],
  ["external link", "format", /external link, 'y'/],
  ["newest links", "format", /external link, 'y'/],
  ["external data", "format", /'x': .*lie in another file/],
  ["huge", "format", /'x', of shape \[1000000000, 100\], would take far more memory.*Received: 400000000000 bytes/],
  ["bomb", "format", /'x'.*would take far more memory/],
  ["cycle", "format", /'a\/b\/again': .*stands in two places/],
] as const)("refuses files with: %s", async (name, code, pattern) => {
  await expectError(() => open(goldens.bad[name]!), code, pattern);
});

test.each([
  ["huge blocks", "format", /A block of \[100000000\] elements would take far more/],
  ["virtual", "format", /x: .*made of parts of other arrays/],
  ["lzf", "unsupported", /x: .*packed with lzf.*h5repack/],
  ["text", "dtype", /x: .*no tensor has.*Received: text/],
] as const)("refuses arrays: %s", async (name, code, pattern) => {
  await expectError(() => open(goldens.bad[name]!).arrays.read("x"), code, pattern);
});

test("reads what newer versions may write: bfloat16 as a kind of float", () => {
  const space = { source: sourceOf(new Uint8Array()), offsetSize: 8, lengthSize: 8, spent: 0, texts: new Map() };
  const type = (exponent: number, mantissa: number) =>
    readDatatype(
      new Cursor(Uint8Array.of(0x11, 0x20, 15, 0, 2, 0, 0, 0, 0, 0, 16, 0, mantissa, exponent, 0, mantissa), space),
    );
  expect([type(8, 7), type(5, 10)]).toMatchObject([
    { stored: "bf2", dtype: "float32" },
    { stored: "f2", dtype: "float16" },
  ]);
});

test("refuses structures that lie over one another, to be read without an end", async () => {
  const source = sourceOf(new Uint8Array(2 ** 20));
  const space = { source, offsetSize: 8, lengthSize: 8, spent: 0, texts: new Map() };
  for (let i = 0; i < 48; i++) readPart(space, 0, 2 ** 20);
  await expectError(() => readPart(space, 0, 2 ** 20), "format", /lie over one another/);
});

test("refuses what is cut off, wherever it is", async () => {
  const bytes = Buffer.from(goldens.many["earliest"]!, "base64");
  await expectError(() => openHdf5(sourceOf(bytes.subarray(0, -1))), "format", /cut off.*Expected: \d+ bytes/);
  await expectError(() => openHdf5(sourceOf(bytes.subarray(0, 20))), "format", /Expected/);
  await expectError(() => openHdf5(sourceOf(Buffer.from("hello"))), "format", /no HDF5 file/);
});

/** More members than a node of the tree holds, and than a node above those holds: 8 times 32. */
const many = Array.from({ length: 300 }, (_, i) => [`layers/w${i}/vars/0`, tensor([i, -i])] as const);
const content = {
  arrays: [
    ...many,
    ["types/f2", tensor([0.5], [1], "float16")],
    ["types/f8", tensor([0.1], [1], "float64")],
    ["types/i4", tensor([[-7], [8]], [2, 1], "int32")],
    ["types/i8", tensor([-7], [1], "int64")],
    ["types/u4", tensor([7], [1], "uint32")],
    ["types/u1", tensor([255, 0, 3], [3], "uint8")],
    ["types/b1", tensor([true, false])],
    ["types/scalar", tensor(3)],
    ["types/empty", tensor([], [0])],
  ] as const,
  attributes: new Map<string, Record<string, string | number | string[]>>([
    ["", { config: "é".repeat(50_000), version: "3.15.1", count: 3, rate: 0.5, names: ["a", "bcd"], none: [] }],
    ["empty/group", { text: "" }],
    ["types/i4", { note: "an array's" }],
  ]),
};

test("writes what it reads", () => {
  const file = openHdf5(sourceOf(joined(writeHdf5(content))));
  expect(file.arrays.paths.length).toBe(content.arrays.length);
  for (const [path, written] of content.arrays) expect([path, file.arrays.read(path)]).toEqual([path, written]);
  for (const [path, attributes] of content.attributes) {
    for (const [name, value] of Object.entries(attributes)) {
      expect(file.attribute(path, name)).toEqual(Number.isInteger(value) ? BigInt(value as number) : value);
    }
  }
  expect(file.members("empty")).toEqual(["group"]);
});

test("writes a file without attributes, and one without anything", () => {
  const arrays = [["a/b", tensor([1, 2])]] as const;
  expect(openHdf5(sourceOf(joined(writeHdf5({ arrays })))).arrays.read("a/b")).toEqual(tensor([1, 2]));
  expect(openHdf5(sourceOf(joined(writeHdf5({ arrays: [] })))).members("")).toEqual([]);
});

test("writes what HDF5's own library reads", async () => {
  const library = await ready;
  library.FS.writeFile("/written.h5", joined(writeHdf5(content)));
  const root = new File("/written.h5", "r");
  for (const [path, written] of content.arrays.filter((_, i) => i % 10 === 0 || i >= many.length)) {
    const found = root.get(path);
    if (!(found instanceof Dataset)) throw new TypeError(`${path} is no array`);
    expect([path, found.shape]).toEqual([path, written.shape]);
    if (written.dtype === "float16" || written.size === 0) continue;
    const value = found.value as ArrayLike<number | bigint> | number;
    expect([path, typeof value === "number" ? [value] : Array.from(value, Number)]).toEqual([
      path,
      written.toNumbers(),
    ]);
  }
  const { config, names, none, count, rate } = root.attrs;
  expect([config, names, none, count, rate].map((attribute) => attribute?.value)).toEqual([
    "é".repeat(50_000),
    ["a", "bcd"],
    [],
    3n,
    0.5,
  ]);
  root.close();
});

test("refuses paths that are taken, and texts that do not fit", async () => {
  const one = tensor([1]);
  await expectError(
    () =>
      writeHdf5({
        arrays: [
          ["a", one],
          ["a", one],
        ],
      }),
    "name",
    /^a: Two things/,
  );
  await expectError(
    () =>
      writeHdf5({
        arrays: [
          ["a", one],
          ["a/b", one],
        ],
      }),
    "name",
    /a\/b: A part of the path is an array/,
  );
  await expectError(() => writeHdf5({ arrays: [["a//b", one]] }), "name", /empty name/);
  const attributes = new Map([["", { names: ["x".repeat(40_000), "y"] }]]);
  await expectError(() => writeHdf5({ arrays: [], attributes }), "unsupported", /'names' is too long.*64000/);
});
