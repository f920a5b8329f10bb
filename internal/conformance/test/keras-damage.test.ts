import { readFileSync } from "node:fs";

import {
  activation,
  type AnyModel,
  batchNormalization,
  dense,
  type JsonObject,
  type JsonValue,
  LamellaError,
  modelFromData,
  type SavedModel,
} from "@lamella/ir";
import { encodeKeras, readKeras } from "@lamella/keras";
import { sequential } from "@lamella/sequential";
import { unzipSync, zipSync, type Zippable } from "fflate";
import { expect, test } from "vitest";

import { registry } from "../src/registry.ts";

type Random = (limit: number) => number;

/** A reproducible source of whole numbers below `limit`. */
function randomSource(seed: number): Random {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

function damaged(given: Uint8Array, random: Random): Uint8Array {
  const file = given.slice();
  const at = random(file.length);
  const view = new DataView(file.buffer);
  switch (random(7)) {
    case 0:
      file[at] = file[at]! ^ (1 << random(8));
      return file;
    case 1:
      file.fill([0, 1, 2, 0x7f, 0xfe, 0xff][random(6)]!, at, at + 1 + random(8));
      return file;
    case 2:
      view.setUint32(
        Math.min(at, file.length - 4),
        [0, 1, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff][random(6)]!,
        true,
      );
      return file;
    case 3:
      file.copyWithin(at, random(file.length), random(file.length));
      return file;
    case 4:
      return file.subarray(0, at);
    case 5:
      return Buffer.concat([file.subarray(0, at), file.subarray(at + 1 + random(16))]);
    default:
      return Buffer.concat([file.subarray(0, at), file.subarray(Math.max(0, at - 1 - random(16)))]);
  }
}

const oddities: readonly JsonValue[] = [
  null,
  true,
  "",
  "x",
  0,
  -1,
  1.5,
  1e9,
  2 ** 53,
  1e308,
  [],
  {},
  [[]],
  [null],
  [1e9, 1e9],
  "Dense",
  "relu",
  "float16",
  "channels_first",
  { class_name: "Dense", config: {} },
  { class_name: "__lambda__", config: { value: ["4wEAAAA="] } },
];

type Path = readonly (string | number)[];

/** Where the parts of a value stand, the whole of it last. */
function placesIn(value: JsonValue, at: Path = []): readonly Path[] {
  const isBranch = typeof value === "object" && value !== null;
  const inner = isBranch ? Object.entries(value).flatMap(([key, item]) => placesIn(item, [...at, key])) : [];
  return [...inner, at];
}

/** Something else in a place, or what stands there once more under another name, or nothing. */
function changedAt(value: JsonValue, [key, ...rest]: Path, random: Random): JsonValue {
  if (key === undefined) return oddities[random(oddities.length)]!;
  const entries = Object.entries(value as JsonObject);
  const at = entries.findIndex(([name]) => name === key);
  const kind = rest.length === 0 ? random(6) : 2;
  if (kind === 0) entries.splice(at, 1);
  else if (kind === 1) entries.push([entries[random(entries.length)]![0], entries[at]![1]]);
  else entries[at] = [String(key), changedAt(entries[at]![1], rest, random)];
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

/** JSON with one change somewhere. */
function mutation(value: JsonValue): (random: Random) => Uint8Array {
  const places = placesIn(value);
  return (random) => bytesOf(changedAt(value, places[random(places.length)]!, random));
}

const fixture = (path: string) =>
  new Uint8Array(readFileSync(new URL(`../../../packages/keras/test/fixtures/${path}`, import.meta.url)));

/** Small, and of different kinds of layers. */
const tiny = sequential([
  dense(3, { inputShape: [4] }),
  batchNormalization(),
  dense(2, { kernelRegularizer: "l2" }),
  activation("relu"),
]) as AnyModel;
const archive = await encodeKeras(tiny);
const members = unzipSync(archive);
const config = JSON.parse(new TextDecoder().decode(members["config.json"])) as JsonValue;
const functional = JSON.parse(new TextDecoder().decode(fixture("3.15.1/nested.json"))) as JsonValue;
const old = fixture("2.15.0/stacked.h5");
const bytesOf = (json: JsonValue) => new TextEncoder().encode(JSON.stringify(json));
const changeConfig = mutation(config);
const stored = (changed: Zippable) => zipSync({ ...members, ...changed }, { level: 0 });

/** The other store of weights: pickles in an archive of their own. */
const kept = unzipSync(fixture("3.15.1/stored.npz.keras"));
const pickles = unzipSync(kept["model.weights.npz"]!);
const names = Object.keys(pickles);

function withPickle(random: Random): Uint8Array {
  const name = names[random(names.length)]!;
  const npz = zipSync({ ...pickles, [name]: damaged(pickles[name]!, random) }, { level: 0 });
  return zipSync({ ...kept, "model.weights.npz": npz }, { level: 0 });
}

/** Ways to damage a file, and how many of each are tried. */
const kinds: Readonly<Record<string, readonly [count: number, make: (random: Random) => Uint8Array]>> = {
  "bytes of an archive": [900, (random) => damaged(archive, random)],
  "its directory": [
    850,
    (random) => {
      const start = Buffer.from(archive).indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
      return Buffer.concat([archive.subarray(0, start), damaged(archive.slice(start), random)]);
    },
  ],
  "the HDF5 file in it": [
    1100,
    (random) => stored({ "model.weights.h5": damaged(members["model.weights.h5"]!, random) }),
  ],
  "a pickle in it": [150, withPickle],
  "a deflated member": [300, (random) => damaged(zipSync(members, { level: 1 }), random)],
  "bytes of an old h5 file": [300, (random) => damaged(old, random)],
  "the configuration beside weights": [600, (random) => stored({ "config.json": changeConfig(random) })],
  "the text of the configuration": [
    200,
    (random) => stored({ "config.json": damaged(members["config.json"]!, random) }),
  ],
  "a functional model alone": [450, mutation(functional)],
  "the text of a model alone": [150, (random) => damaged(bytesOf(functional), random)],
};

test("the damage adds up to 5000 files", () => {
  expect(Object.values(kinds).reduce((sum, [count]) => sum + count, 0)).toBe(5000);
});

/** The error that reading ends in, or the model. Anything but a LamellaError is thrown on. */
async function outcome(file: Uint8Array): Promise<LamellaError | SavedModel> {
  try {
    const { saved } = await readKeras(file, { registry });
    return saved;
  } catch (error) {
    if (error instanceof LamellaError) return error;
    throw error;
  }
}

test.each(Object.entries(kinds))(
  "reading ends in a LamellaError or in a model: %s",
  async (_, [count, make]) => {
    const random = randomSource(count);
    let models = 0;
    const seen = new Set<string>();
    for (let i = 0; i < count; i++) {
      const result = await outcome(make(random));
      if (result instanceof LamellaError) {
        seen.add(result.message.replaceAll(/\d+|'[^']*'/g, "#"));
        continue;
      }
      models += 1;
      if (models % 20 === 1) modelFromData(result, registry);
    }
    expect(models).toBeGreaterThan(0);
    expect(seen.size).toBeGreaterThan(5);
  },
  60_000,
);

test.each([1e9, 1e15])("an architecture alone of %d units is refused, not computed", async (units) => {
  const json = new TextDecoder().decode(bytesOf(functional)).replace('"units":2', `"units":${units}`);
  const result = await outcome(new TextEncoder().encode(json));
  expect(result instanceof LamellaError ? result.message : "a model").toMatch(
    /nested: .*too large to make new ones.*Expected: at most 268435456 numbers/,
  );
});
