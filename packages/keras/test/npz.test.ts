import { readFileSync } from "node:fs";

import { LamellaError, type Tensor } from "@lamella/ir";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, test } from "vitest";

import { expectError } from "../../data/test/expect-error.ts";
import { sourceOf } from "../src/files/byte-source.ts";
import { openNpz } from "../src/files/npz/open-npz.ts";
import { readingFrom } from "../src/files/open-source.ts";
import { contentsIn } from "../src/files/read-contents.ts";

interface Golden {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: string;
}

/** What Keras and NumPy write (internal/keras-golden/model_files/npz.py): files in base64. */
const goldens = JSON.parse(readFileSync(new URL("goldens/npz.json", import.meta.url), "utf8")) as {
  readonly values: Readonly<Record<string, unknown>>;
  readonly numbers: string;
  readonly jax: { readonly file: string; readonly values: readonly unknown[] };
  readonly bad: Readonly<Record<string, string>>;
};
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const open = (bytes: Uint8Array) => openNpz(sourceOf(bytes));

test("reads numbers of every kind, in any order", () => {
  const arrays = open(bytesOf(goldens.numbers));
  expect(arrays.paths).toEqual(Object.keys(goldens.values).map((name) => `layers/${name}/vars/0`));
  for (const [name, value] of Object.entries(goldens.values)) {
    const read = arrays.read(`layers/${name}/vars/0`);
    expect([name, read.toArray()]).toEqual([name, value]);
    expect(arrays.type(`layers/${name}/vars/0`)).toEqual({ dtype: read.dtype, shape: read.shape });
  }
  const dtypes = ["float16", "bfloat16", "big-endian", "bool", "int8", "uint16", "int64", "scalar"];
  expect(dtypes.map((name) => arrays.type(`layers/${name}/vars/0`).dtype)).toEqual([
    "float16",
    "float32",
    "float64",
    "bool",
    "int32",
    "int32",
    "int64",
    "float32",
  ]);
});

test("reads variables of Keras on JAX", () => {
  const arrays = open(bytesOf(goldens.jax.file));
  expect(arrays.paths).toEqual([0, 1].map((i) => `layers/dense/vars/${i}`));
  expect(arrays.paths.map((path) => arrays.read(path).toArray())).toEqual(goldens.jax.values);
});

const fixture = (version: string) => new URL(`fixtures/${version}/`, import.meta.url);
const bits = ({ data }: Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");

describe.each(["3.0.5", "3.5.0", "3.15.1"])("weights in .npz of Keras %s", (version) => {
  const file = new Uint8Array(readFileSync(new URL("stored.npz.keras", fixture(version))));

  test("stand where HDF5 has them, beside those of the optimizer", async () => {
    const { stored } = JSON.parse(readFileSync(new URL("goldens.json", fixture(version)), "utf8")) as {
      readonly stored: { readonly optimizer: readonly Golden[] };
    };
    const { weights, optimizer } = await readingFrom(file, contentsIn);
    expect(weights!.arrays.paths.filter((path) => !path.endsWith("/1") && !path.endsWith("/2"))).toEqual([
      "layers/bidirectional/backward_layer/cell/vars/0",
      "layers/bidirectional/forward_layer/cell/vars/0",
      "layers/batch_normalization/vars/0",
      "layers/batch_normalization/vars/3",
      "layers/sequential/layers/dense/vars/0",
      "layers/dense/vars/0",
      "layers/dense_1/vars/0",
    ]);
    const kept = optimizer!.paths.map((path) => optimizer!.arrays.read(path));
    expect(kept.map(({ shape, dtype }) => [shape, dtype])).toEqual(
      stored.optimizer.map(({ shape, dtype }) => [shape, dtype]),
    );
    expect(kept.map(bits)).toEqual(stored.optimizer.map(({ data }) => data));
  });
});

const dense = unzipSync(bytesOf(goldens.jax.file))["layers/dense.npy"]!;

test("reads what the model itself keeps", () => {
  expect(open(zipSync({ "__root__.npy": dense })).paths).toEqual(["vars/0", "vars/1"]);
});

/** Where the pickle begins: behind the line that describes the array. */
const start = dense.indexOf(0x0a) + 1;
const archived = (npy: Uint8Array) => zipSync({ "x.npy": npy }, { level: 0 });

/** A member with another pickle, its bytes as texts and numbers. */
function pickled(...parts: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array {
  const bytes = parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Uint8Array.from(part)));
  return archived(Buffer.concat([dense.subarray(0, start), ...bytes]));
}

describe("refuses", () => {
  test.each([
    ["system", /x.npy: .*may be any code, and was not run.*Received: "\w+.system".*Save the model again/],
    ["eval", /Received: "builtins.eval"/],
    ["partial", /Received: "\w+.system"/],
    ["reconstructor", /Received: "copyreg._reconstructor"/],
    ["class", /Received: "\w+.Calls"/],
  ] as const)("what Python would look up or run: %s", async (name, pattern) => {
    await expectError(() => open(bytesOf(goldens.bad[name]!)), "unsupported", pattern);
  });

  test.each([
    ["complex", /Received: c16/],
    ["text", /Received: U1/],
    ["objects", /Received: O8/],
  ] as const)("elements that no tensor has: %s", async (name, pattern) => {
    await expectError(() => open(bytesOf(goldens.bad[name]!)), "dtype", /x.npy, '0': .*no tensor has/, pattern);
  });

  test.each([
    ["None", /'0': .*weight is no array.*Received: None/],
    ["number", /'0': .*weight is no array.*Received: 3.5/],
    ["itself", /'0': .*weight is no array.*Received: a dict/],
    ["no dict", /an array of one dict.*Received: None/],
    ["plain numbers", /Expected: a pickled dict.*Received: .*<f8.*numpy.savez/],
  ] as const)("what is no weight: %s", async (name, pattern) => {
    await expectError(() => open(bytesOf(goldens.bad[name]!)), "format", pattern);
  });

  test.each([
    ["a name of old pickles", ["cposix\nsystem\n"], "unsupported", /Received: "posix.system"/],
    ["a name in parts", ["\x8c\x05numpy\x8c\x10ndarray.__reduce\x93"], "unsupported", /"numpy.ndarray.__reduce"/],
    ["a part of Keras that is no variable", ["ckeras.src.backend\nexec\n"], "unsupported", /"keras.src.backend.exec"/],
    ["a name without an end", ["c", "a".repeat(5000)], "unsupported", /Received: "a{100}"/],
    ["an object by its class", ["(iposix\nsystem\n"], "unsupported", /INST; it was not run/],
    ["an object outside", ["\x8c\x01x", "Q"], "unsupported", /BINPERSID/],
    ["an extension", [[0x82, 1]], "unsupported", /EXT1/],
    ["an operation that is none", [[0xff]], "format", /operation that arrays do not need.*Received: 0xff/],
    ["a protocol to come", [[0x80, 6]], "format", /protocol is not known.*Received: 6/],
    ["a call of a text", ["\x8c\x06system)R"], "format", /cannot be called/],
    ["a call without a tuple", ["cnumpy\ndtype\n]R"], "format", /cannot be called/],
    ["a state for a name", ["cnumpy\ndtype\n)b"], "format", /gives a state/],
    ["two states", ["cnumpy\ndtype\n)R)b)b"], "format", /gives a state/],
    ["a pop from nothing", ["0"], "format", /more values than there are/],
    ["a pop below a mark", ["N(0"], "format", /more values than there are/],
    ["a mark that is not there", ["t"], "format", /mark that is not there/],
    ["a reference to nothing", ["h\x07"], "format", /value that is not there.*Received: 7/],
    ["items for a tuple", [")Na"], "format", /what is no list/],
    ["entries for a list", ["]\x8c\x01aNs"], "format", /what is no dict/],
    ["an entry without a value", ["}(Nu"], "format", /has no value/],
    ["a key that is a number", ["}K\x01Ns"], "format", /key of a dict is no text/],
    ["nothing", ["."], "format", /Received: 0/],
    ["two values", ["NN."], "format", /values left over.*Received: 2/],
    ["a huge number", [[0x8a, 9], "\xff".repeat(9)], "format", /too large for any size.*9 bytes/],
    ["bytes of a huge length", [[0x8e, 0, 0, 0, 0, 0, 0, 0, 0x40]], "format", /cut off/],
    ["a text of a huge length", [[0x8d, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0]], "format", /cut off/],
    ["depth without a value", ["(".repeat(20_000), "."], "format", /no array|left over/],
    ["great depth", ["]".repeat(30_000), "a".repeat(29_999), "."], "format", /one dict.*Received: a list/],
    ["two dicts", ["cnumpy.core.multiarray\n_reconstruct\n)R(K\x01)N\x89](}}etb."], "format", /one dict.*_reconstruct/],
    ["no end", ["N0".repeat(2 ** 20), "N."], "format", /no end.*Received: more/],
  ] as const)("a pickle with %s", async (_, parts, code, pattern) => {
    await expectError(() => open(pickled(...parts)), code, pattern);
  });

  const changed = (from: string, to: string) =>
    archived(Buffer.from(Buffer.from(dense).toString("latin1").replace(from, to), "latin1"));

  test.each([
    [
      "fewer elements than its shape",
      changed("(K\x01K\x03K\x02\x86", "(K\x01K\x03K\x03\x86"),
      /shape \[3, 3\].*36 bytes.*24/,
    ],
    ["a shape below nothing", changed("(K\x01K\x02\x85", "(K\x01J\xff\xff\xff\xff\x85"), /shape of an array is none/],
    ["a long one", changed("(K\x01K\x02\x85", "(K\x01\x8a\x01\xff\x85"), /shape of an array is none/],
    ["another header", changed("|O", "|X"), /Expected: a pickled dict/],
    ["another beginning", changed("NUMPY", "NUMPI"), /no .npy file/],
  ] as const)("an array with %s", async (_, file, pattern) => {
    await expectError(() => open(file), "format", pattern);
  });

  test("one array in so many places that it would exhaust memory", async () => {
    const size = 2 ** 16;
    const long = Buffer.alloc(4);
    long.writeUInt32LE(size);
    const dtype = "cnumpy\ndtype\n\x8c\x02u1\x85Rq\x01";
    const array = [
      "cnumpy.core.multiarray\n_reconstruct\n)R(K\x01J\0\0\x01\0\x85h\x01\x89B",
      long,
      new Uint8Array(size),
    ];
    const entries = Array.from({ length: 257 }, (_, i) => `X\x03\0\0\0${100 + i}h\x02`);
    const root = "cnumpy.core.multiarray\n_reconstruct\n)R(K\x01)N\x89]}(";
    const make = (count: number) =>
      open(pickled(dtype, "0", ...array, "tbq\x02", "0", root, ...entries.slice(0, count), "uatb."));
    expect(make(256).paths.length).toBe(256);
    await expectError(() => make(257), "format", /'x\/vars\/356' would take far more memory/);
  });

  test("what is cut off, wherever it is", () => {
    const outcomes = Array.from({ length: dense.length }, (_, length) => {
      try {
        return open(archived(dense.subarray(0, length)));
      } catch (error) {
        return error;
      }
    });
    expect(outcomes.filter((outcome) => !(outcome instanceof LamellaError))).toEqual([]);
  });
});
