import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { unzipSync, zipSync } from "fflate";
import { afterAll, describe, expect, test, vi } from "vitest";

import { expectError } from "../../data/test/expect-error.ts";
import { openSource, readingFrom } from "../src/files/open-source.ts";
import { contentsIn } from "../src/files/read-contents.ts";
import { writeFile } from "../src/files/write-file.ts";
import { writeZip } from "../src/files/write-zip.ts";

const fixtures = fileURLToPath(new URL("fixtures/3.15.1/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "lamella-keras-"));
afterAll(() => rmSync(folder, { recursive: true }));

const archive = new Uint8Array(readFileSync(`${fixtures}stacked.keras`));
const members = unzipSync(archive);
const text = (name: string) => new TextDecoder().decode(members[name]);

const read = (source: string | Uint8Array | ArrayBuffer) =>
  readingFrom(source, (opened) => {
    const { model, kerasVersion, weights, optimizer } = contentsIn(opened);
    const { arrays } = weights!;
    const numbers = arrays.paths.map((path) => [path, arrays.read(path).toNumbers()] as const);
    return { model, kerasVersion, numbers, optimizer: optimizer?.paths };
  });

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe("one model by", () => {
  const expected = read(archive);

  test("its bytes", async () => {
    const { kerasVersion, numbers, optimizer } = await expected;
    expect([kerasVersion, numbers.length, optimizer]).toEqual([
      "3.15.1",
      4,
      [0, 1, 2, 3, 4, 5].map((i) => `optimizer/vars/${i}`),
    ]);
    expect(await read(archive.slice().buffer)).toEqual(await expected);
  });

  test.each([
    ["its path", () => `${fixtures}stacked.keras`],
    ["a name that tells nothing", () => file("model", archive)],
    ["a deflated archive", () => zipSync(members, { level: 6 })],
    ["an archive with other members", () => zipSync({ ...members, "assets/words.txt": new Uint8Array(9) })],
    [
      "the folder it was unpacked to",
      () => {
        const unpacked = join(folder, "unpacked");
        mkdirSync(unpacked);
        for (const [name, bytes] of Object.entries(members)) writeFileSync(join(unpacked, name), bytes);
        return unpacked;
      },
    ],
  ] as const)("%s", async (_, make) => {
    expect(await read(make())).toEqual(await expected);
  });
});

test("closes what it opened, whatever happens", async () => {
  const path = file("closed.keras", archive);
  const opened = await openSource(path);
  const close = vi.spyOn(opened.file!, "close");
  opened.close();
  expect(close).toHaveBeenCalledOnce();
  expect(() => opened.file!.read(0, archive.length)).toThrow(/cannot be read/);
  const open = () => readdirSync("/proc/self/fd").length;
  const before = process.platform === "linux" ? open() : 0;
  for (let i = 0; i < 5; i++)
    await expectError(() => read(file("broken.keras", archive.subarray(0, 900))), "format", /broken.keras/);
  await read(join(folder, "unpacked"));
  expect(process.platform === "linux" ? open() : 0).toBe(before);
});

describe("refuses", () => {
  const withConfig = (config: string) => zipSync({ ...members, "config.json": new TextEncoder().encode(config) });
  const deep = (depth: number) => `${'{"a":['.repeat(depth)}${"]}".repeat(depth)}`;

  test.each([
    ["nothing", new Uint8Array(), /no model file of Keras.*an empty file/],
    ["an image", Uint8Array.of(0x89, 0x50, 0x4e, 0x47), /Received: a file that starts with the bytes 89 50 4e 47/],
    ["an archive without weights", zipSync({ "config.json": members["config.json"]! }), /no weights.*model.weights.h5/],
    ["an archive without a model", zipSync({ "model.weights.h5": members["model.weights.h5"]! }), /no 'config.json'/],
    ["weights alone", members["model.weights.h5"]!, /weights without a model.*readKerasWeights/],
    ["JSON that is none", new TextEncoder().encode('{"class_name": '), /not JSON/],
    [
      "a configuration that is no model",
      withConfig('{"class_name": "Functional", "config": 3}'),
      /Expected: an object/,
    ],
    ["a configuration without an end", withConfig(text("config.json").slice(0, 99)), /not JSON/],
    ["a configuration of great depth", withConfig(deep(150)), /nested too deeply/],
    ["JSON of great depth", new TextEncoder().encode(deep(20_000)), /nested too deeply|not JSON/],
  ] as const)("%s", async (_, bytes, pattern) => {
    await expectError(() => read(bytes), "format", pattern);
  });

  test("weights that are code, by the member that they are in", async () => {
    const { bad } = JSON.parse(readFileSync(new URL("goldens/npz.json", import.meta.url), "utf8")) as {
      readonly bad: Readonly<Record<string, string>>;
    };
    const npz = Buffer.from(bad["eval"]!, "base64");
    const code = zipSync({ "config.json": members["config.json"]!, "model.weights.npz": npz });
    await expectError(() => read(code), "unsupported", /x.npy: .*may be any code.*Received: "builtins.eval"/);
  });

  test("what is not there, by its name", async () => {
    await expectError(() => read(join(folder, "nowhere.keras")), "unavailable", /nowhere.keras: .*ENOENT.*relative to/);
    mkdirSync(join(folder, "empty"));
    await expectError(() => read(join(folder, "empty")), "unavailable", /empty.*config.json.*ENOENT/);
  });
});

describe("writes", () => {
  test("aside first: what fails leaves the old file", async () => {
    const path = file("old.keras", "old");
    const pieces = function* () {
      yield Uint8Array.of(1);
      throw new TypeError("no more");
    };
    await expectError(() => writeFile(path, pieces()), "unavailable", /old.keras: .*cannot be written: no more/);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    await writeFile(path, [Uint8Array.of(110), Uint8Array.of(101, 119)]);
    expect(readFileSync(path, "utf8")).toBe("new");
  });

  test("through a link to the file that it stands for", async () => {
    const path = file("target.keras", "old");
    symlinkSync(path, join(folder, "link.keras"));
    await writeFile(join(folder, "link.keras"), [new TextEncoder().encode("new")]);
    expect(readFileSync(path, "utf8")).toBe("new");
  });

  test("nowhere but into a folder that is there", async () => {
    await expectError(() => writeFile(join(folder, "no/m.keras"), []), "unavailable", /m.keras: .*ENOENT/);
  });

  test("archives that any program unpacks, and none that are too large", async () => {
    const pieces = writeZip([
      ["a.txt", [Uint8Array.of(97), Uint8Array.of(98)]],
      ["b/c", []],
    ]);
    expect(unzipSync(Buffer.concat(pieces))).toEqual({ "a.txt": Uint8Array.of(97, 98), "b/c": new Uint8Array() });
    const huge = { length: 2 ** 32 } as Uint8Array;
    await expectError(() => writeZip([["a", [huge]]]), "unsupported", /too large for an archive.*\.weights\.h5/);
  });
});
