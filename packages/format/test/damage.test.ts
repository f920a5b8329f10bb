import { LamellaError, type SavedModel } from "@lamella/ir";
import { expect, test } from "vitest";

import { decode, encode } from "../src/index.ts";
import { small } from "./models.ts";

const bytes = encode(small);

/** A reproducible source of whole numbers below `limit`. */
function randomSource(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

type Damage = (file: Uint8Array, random: (limit: number) => number) => Uint8Array;

const damages: Record<string, Damage> = {
  "a flipped bit": (file, random) => {
    const at = random(file.length);
    file[at] = (file[at] ?? 0) ^ (1 << random(8));
    return file;
  },
  "a flipped bit in the FlatBuffer's first half": (file, random) => {
    const at = 32 + random(Math.floor(file.length / 3));
    file[at] = (file[at] ?? 0) ^ (1 << random(8));
    return file;
  },
  "two bytes swapped": (file, random) => {
    const [a, b] = [random(file.length), random(file.length)];
    [file[a], file[b]] = [file[b] ?? 0, file[a] ?? 0];
    return file;
  },
  "an extreme number": (file, random) => {
    const at = 8 + random(file.length - 12);
    new DataView(file.buffer).setUint32(at, [0, 1, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff][random(7)] ?? 0);
    return file;
  },
  "a part over another": (file, random) => {
    const start = random(file.length);
    file.copyWithin(random(file.length), start, start + 1 + random(32));
    return file;
  },
  "bytes cut out or put in": (file, random) => {
    const at = random(file.length);
    const rest = file.subarray(random(2) === 0 ? at + 1 + random(8) : Math.max(0, at - 1 - random(8)));
    return Uint8Array.from([...file.subarray(0, at), ...rest]);
  },
};

/** The error that decoding ends in, or the model. Anything but a LamellaError is thrown on. */
function outcome(file: Uint8Array): LamellaError | SavedModel {
  try {
    return decode(file);
  } catch (error) {
    if (error instanceof LamellaError) return error;
    throw error;
  }
}

test("a file cut off at any length is said to be truncated or no model", () => {
  for (let length = 0; length < bytes.length; length++) {
    const error = outcome(bytes.slice(0, length));
    expect(error).toBeInstanceOf(LamellaError);
    const { code, message } = error as LamellaError;
    expect(code).toBe("format");
    expect(message).toContain(length === 0 ? "This is not a lamella model file." : "The file is truncated.");
  }
});

test("bytes after the end are refused", () => {
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  expect(() => decode(longer)).toThrow("The file is longer than it says.");
});

test.each(Object.entries(damages))("1,000 times %s: a LamellaError, or a model that can be saved", (_, damage) => {
  const random = randomSource(0xc0ffee);
  const found = Array.from({ length: 1000 }, () => outcome(damage(bytes.slice(), random)));
  const errors = found.filter((item): item is LamellaError => item instanceof LamellaError);
  const models = found.filter((item): item is SavedModel => !(item instanceof LamellaError));
  expect([...new Set(errors.map(({ code }) => code))].filter((code) => code !== "version")).toEqual(["format"]);
  for (const model of models) expect(decode(encode(model))).toStrictEqual(model);
});
