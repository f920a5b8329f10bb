import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { LamellaError } from "@lamella/ir";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { readFrom, replaceFile } from "../src/files.ts";
import { encode, readModelFile, readModelOutline, writeModelFile } from "../src/index.ts";
import { small, withConfig } from "./models.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lamella-format-"));
  path = join(folder, "model.lamella");
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function refusal(work: Promise<unknown>): Promise<LamellaError> {
  const error: unknown = await work.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(LamellaError);
  return error as LamellaError;
}

describe("writing", () => {
  test("and reading gives the model back, and leaves no other file", async () => {
    await writeModelFile(path, small);
    expect(await readModelFile(path)).toStrictEqual(small);
    expect(new Uint8Array(await readFile(path))).toStrictEqual(encode(small));
    expect(await readdir(folder)).toEqual(["model.lamella"]);
  });

  test("replaces the old file, keeping its permissions and links to it", async () => {
    await writeFile(path, "old");
    await chmod(path, 0o640);
    await symlink(path, join(folder, "link"));
    await writeModelFile(join(folder, "link"), small);
    expect(await readModelFile(path)).toStrictEqual(small);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect((await readdir(folder)).toSorted()).toEqual(["link", "model.lamella"]);
  });

  test("that fails midway leaves the old file and nothing else", async () => {
    await writeModelFile(path, small);
    function* failing() {
      yield new Uint8Array(100_000);
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    }
    const error = await refusal(replaceFile(path, failing()));
    expect(error.code).toBe("unavailable");
    expect(error.message).toBe(`${path}: The file cannot be written: no space left on device.`);
    expect(await readModelFile(path)).toStrictEqual(small);
    expect(await readdir(folder)).toEqual(["model.lamella"]);
  });

  test("that is stopped leaves the old file and nothing else", async () => {
    await writeModelFile(path, small);
    const controller = new AbortController();
    function* stopping() {
      yield new Uint8Array(100_000);
      controller.abort();
      yield new Uint8Array(100_000);
    }
    const { signal } = controller;
    expect(await refusal(replaceFile(path, stopping(), { signal }))).toMatchObject({ code: "aborted", where: path });
    expect((await refusal(writeModelFile(path, small, { signal }))).code).toBe("aborted");
    expect(await readModelFile(path)).toStrictEqual(small);
    expect(await readdir(folder)).toEqual(["model.lamella"]);
  });

  test("an invalid model leaves the old file and nothing else", async () => {
    await writeModelFile(path, small);
    const error = await refusal(writeModelFile(path, { ...small, root: 7 }));
    expect(error.code).toBe("format");
    await refusal(writeModelFile(path, withConfig({ a: undefined as never })));
    expect(await readModelFile(path)).toStrictEqual(small);
    expect(await readdir(folder)).toEqual(["model.lamella"]);
  });

  test("into a folder that is not there, or over a folder, is refused", async () => {
    const error = await refusal(writeModelFile(join(folder, "missing", "model.lamella"), small));
    expect(error.code).toBe("unavailable");
    expect(error.message).toContain("ENOENT");
    await mkdir(path);
    expect((await refusal(writeModelFile(path, small))).code).toBe("unavailable");
    expect(await readdir(folder)).toEqual(["model.lamella"]);
  });
});

describe("reading", () => {
  test("tensor by tensor gives the same as in one piece", async () => {
    await writeModelFile(path, small);
    await using handle = await open(path, "r");
    expect(await readFrom(handle, 0)).toStrictEqual(small);
  });

  test("an outline has all but the values, which may be anything", async () => {
    const bytes = encode(small);
    const length = Number(new DataView(bytes.buffer).getBigUint64(16, true));
    bytes.fill(0xff, Math.ceil((32 + length) / 64) * 64);
    await writeFile(path, bytes);
    expect(await readModelOutline(path)).toStrictEqual({
      layers: small.layers,
      root: small.root,
      weights: small.weights.map(({ layer, name, tensor: { dtype, shape } }) => ({ layer, name, dtype, shape })),
      fileSize: bytes.length,
    });
    await writeFile(path, bytes.subarray(0, 1000));
    expect((await refusal(readModelOutline(path))).message).toContain("The file is truncated.");
  });

  test("what is not there, or no model, is refused with its path", async () => {
    const missing = await refusal(readModelFile(path));
    expect(missing.code).toBe("unavailable");
    expect(missing.message).toContain(path);
    await writeFile(path, "");
    const empty = await refusal(readModelFile(path));
    expect(empty.message).toBe(`${path}: This is not a lamella model file. Received: an empty file.`);
    await writeFile(path, encode(small).subarray(0, 1000));
    expect((await refusal(readModelFile(path))).message).toContain(`${path}: The file is truncated.`);
  });

  test("a damaged file says where, whichever way it is read", async () => {
    const bytes = encode(small);
    new DataView(bytes.buffer).setUint32(32, 0x7fffffff, true);
    await writeFile(path, bytes);
    const error = await refusal(readModelFile(path));
    expect(error.message).toMatch(/model\.lamella, model \(byte \d+\): /);
    await using handle = await open(path, "r");
    expect((await refusal(readFrom(handle, 0))).where).toBe(error.where?.slice(path.length + 2));
  });
});
