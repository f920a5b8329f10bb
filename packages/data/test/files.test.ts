import { mkdtempSync, readFileSync, ReadStream, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Tensor } from "@lamella/ir";
import { afterAll, describe, expect, test, vi } from "vitest";

import { dataset, readNpy, readNpz } from "../src/index.ts";
import { expectError } from "./expect-error.ts";

/** What numpy 2 writes (np.save, np.savez), and the numbers that were written. */
const goldens = JSON.parse(readFileSync(new URL("goldens/npy.json", import.meta.url), "utf8")) as {
  readonly arrays: Readonly<
    Record<string, { readonly bytes: string; readonly shape: readonly number[]; readonly values: readonly number[] }>
  >;
  readonly npz: Readonly<Record<"compressed" | "stored", string>>;
  readonly bad: Readonly<Record<"text" | "complex" | "record" | "large", string>>;
};
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

const folder = mkdtempSync(join(tmpdir(), "lamella-data-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

describe("npy", () => {
  const dtypes: Readonly<Record<string, string>> = {
    "<f4": "float32",
    ">f4": "float32",
    "<f2": "float16",
    "<f8": "float64",
    "|b1": "bool",
    "|u1": "uint8",
    "|i1": "int32",
    "<i2": "int32",
    ">u2": "int32",
    "<i4": "int32",
    ">i4": "int32",
    "<u4": "uint32",
    "<i8": "int64",
    ">i8": "int64",
    "<u8": "int64",
    fortran: "int32",
    scalar: "int32",
    empty: "float32",
  };
  test.each(Object.entries(goldens.arrays))("%s", async (name, { bytes, shape, values }) => {
    const tensor = await readNpy(bytesOf(bytes));
    expect([tensor.dtype, tensor.shape, tensor.toNumbers()]).toEqual([dtypes[name], shape, values]);
  });

  test("from a file, as rows", async () => {
    const path = file("a.npy", bytesOf(goldens.arrays["fortran"]!.bytes));
    const set = await dataset.npy(path);
    expect([set.cardinality, (await set.toArray())[1]!.toArray()]).toEqual([
      2,
      [
        [12, 13, 14, 15],
        [16, 17, 18, 19],
        [20, 21, 22, 23],
      ],
    ]);
  });

  test("what cannot be read says why", async () => {
    const { bad, arrays } = goldens;
    await expectError(() => readNpy(join(folder, "none.npy")), "unavailable", /none\.npy.*cannot be read.*ENOENT/);
    await expectError(() => readNpy(bytesOf(bad.text)), "dtype", /<U2/);
    await expectError(() => readNpy(bytesOf(bad.complex)), "dtype", /c16.*astype/);
    await expectError(() => readNpy(bytesOf(bad.record)), "dtype", /fields/);
    await expectError(() => readNpy(bytesOf(bad.large)), "dtype", /9223372036854775809 at element 0/);
    await expectError(() => readNpy(bytesOf(arrays["<f4"]!.bytes).subarray(0, -1)), "format", /cut off.*144.*143/);
    await expectError(() => readNpy(bytesOf(arrays["<f4"]!.bytes).subarray(0, 60)), "format", /header/);
    await expectError(() => readNpy(file("text.npy", "1,2,3,4,5,6,7,8")), "format", /text\.npy.*no \.npy file/);
    await expectError(() => readNpy(new Uint8Array(0)), "format", /no \.npy file/);
  });
});

describe("npz", () => {
  test.each(Object.entries(goldens.npz))("%s", async (_, bytes) => {
    const { x, y } = await readNpz(bytesOf(bytes), ["x", "y"]);
    expect([x.dtype, x.toArray(), y.dtype, y.toArray()]).toEqual([
      "float32",
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
      "int64",
      [0, 1, 2],
    ]);
    expect(Object.keys(await readNpz(bytesOf(bytes)))).toEqual(["x", "y"]);
  });

  test("arrays side by side in the order that was asked for", async () => {
    const set = await dataset.npz(file("a.npz", bytesOf(goldens.npz.compressed)), ["y", "x"]);
    expect(set.cardinality).toBe(3);
    expect((await set.toArray()).map((parts) => parts.map((part: Tensor) => part.toArray()))[2]).toEqual([2, [4, 5]]);
  });

  test("what cannot be read says why", async () => {
    await expectError(() => readNpz(bytesOf(goldens.npz.stored), ["x", "z"]), "name", /Unknown array 'z'.*x, y/);
    await expectError(() => readNpz(bytesOf(goldens.npz.stored).subarray(0, 100)), "format", /no intact \.npz/);
    await expectError(
      () => readNpz(file("b.npz", "no zip at all, but long enough to look for one")),
      "format",
      /b\.npz/,
    );
  });
});

describe("csv", () => {
  const text = 'name,age,"big, number",member\n"Ann ""A""",30,1e3,true\r\nBob,-4.5,.25,0\n\nCid,5,7,1';
  const dtypes = { name: "string", member: "bool" } as const;

  test("a text with a header, by columns", async () => {
    const set = dataset.csv({ text }, { dtypes });
    const rows = await set.toArray();
    expect(rows.map((row) => [row["name"], row["age"], row["big, number"]])).toEqual([
      ['Ann "A"', 30, 1000],
      ["Bob", -4.5, 0.25],
      ["Cid", 5, 7],
    ]);
    expect(rows.map(({ member }) => [member.dtype, member.toArray()])).toEqual([
      ["bool", 1],
      ["bool", 0],
      ["bool", 1],
    ]);
    expect(set.cardinality).toBeUndefined();
  });

  test("a file, with a label and chosen columns, in batches", async () => {
    const path = file("people.csv", `\uFEFF${text}`);
    const set = dataset.csv(path, { selectColumns: ["age", "name"], labelName: "member", dtypes });
    const [batch] = await set.batch(8).toArray();
    const [row, label] = batch!;
    expect([Object.keys(row), row.age.toArray(), row.name, label.dtype, label.toArray()]).toEqual([
      ["age", "name"],
      [30, -4.5, 5],
      ['Ann "A"', "Bob", "Cid"],
      "bool",
      [1, 0, 1],
    ]);
  });

  test("without a header, with other separators, dtypes and defaults", async () => {
    const set = dataset.csv(
      { text: "1;2;NA\n3;;5" },
      {
        header: false,
        columnNames: ["a", "b", "c"],
        fieldDelim: ";",
        naValue: "NA",
        dtypes: { a: "int64" },
        columnDefaults: { b: 9, c: -1 },
      },
    );
    const rows = await set.toArray();
    expect(rows.map(({ a, b, c }) => [a.dtype, a.toArray(), b, c])).toEqual([
      ["int64", 1, 2, -1],
      ["int64", 3, 9, 5],
    ]);
  });

  test("columnNames take the place of a header's", async () => {
    expect(await dataset.csv({ text: "a,b\n1,2" }, { columnNames: ["x", "y"] }).toArray()).toEqual([{ x: 1, y: 2 }]);
  });

  const read = (content: string, options: object = {}) => dataset.csv({ text: content }, options).toArray();
  test("what cannot be read says where and why", async () => {
    await expectError(() => dataset.csv(join(folder, "none.csv")).toArray(), "unavailable", /none\.csv.*ENOENT/);
    await expectError(() => dataset.csv(folder).toArray(), "unavailable", /EISDIR/);
    await expectError(() => read("a,b\n1,2\n3\n"), "data", /line 3.*another length.*expect 2, got 1/);
    await expectError(() => read("a,b\n1,2\n3,x\n"), "data", /line 3, column 'b'.*a number.*'x'.*"string"/);
    await expectError(() => read("a\n1.5", { dtypes: { a: "int32" } }), "data", /whole number \(int32\).*'1\.5'/);
    await expectError(() => read("a\n256", { dtypes: { a: "uint8" } }), "data", /uint8.*'256'/);
    await expectError(() => read("a\nyes", { dtypes: { a: "bool" } }), "data", /true, false.*'yes'/);
    await expectError(() => read("a,b\n1,"), "data", /line 2, column 'b'.*empty.*columnDefaults: \{ "b": 0 \}/);
    await expectError(() => read("a\n0x10"), "data", /'0x10'/);
    await expectError(
      () => read("age,b\n1,2", { selectColumns: ["agee"] }),
      "name",
      /'agee'.*age, b.*Did you mean 'age'/,
    );
    await expectError(() => read("a,b\n1,2", { labelName: "c" }), "name", /'c'/);
    await expectError(() => read("a,a\n1,2"), "data", /Two columns.*'a'/);
    await expectError(() => read("", {}), "data", /no rows/);
    await expectError(() => read("1,2", { header: false }), "config", /columnNames/);
    await expectError(() => read("1,2", { columnNames: ["a"] }), "config", /2 names.*1/);
    await expectError(() => read('a\n"1'), "data", /[Qq]uote/);
  });

  test("a file that is left early is closed", async () => {
    const long = file("long.csv", `a\n${"1\n".repeat(200_000)}`);
    const open = () => process.getActiveResourcesInfo().filter((name) => name.startsWith("FS")).length;
    const destroy = vi.spyOn(ReadStream.prototype, "destroy");
    for await (const { a } of dataset.csv(long)) {
      expect(a).toBe(1);
      break;
    }
    expect(destroy).toHaveBeenCalled();
    destroy.mockRestore();
    await vi.waitFor(() => expect(open()).toBe(0), { timeout: 10_000, interval: 1 });
  });
});
