import { absorb, randomBits, randomKey, type RandomKey, randomUniform } from "@lamella/ir";
import { describe, expect, test } from "vitest";

import type { InputSpec } from "../cases/case.ts";
import { inputData } from "../src/data.ts";
import { readGolden } from "../src/golden.ts";

interface BitsGolden {
  readonly baseKey: RandomKey;
  readonly randomBits: readonly { readonly counter: number; readonly bits: number }[];
  readonly absorb: readonly { readonly n: number; readonly key: RandomKey }[];
  readonly keys: readonly {
    readonly words: readonly (string | number)[];
    readonly key: RandomKey;
    readonly bits: readonly number[];
    readonly uniform: readonly number[];
  }[];
  readonly inputs: readonly {
    readonly id: string;
    readonly index: number;
    readonly spec: InputSpec;
    readonly data: unknown;
  }[];
}

const golden = readGolden("bits") as BitsGolden;

describe("the integer generator gives what Python's gives", () => {
  test("for the base key", () => {
    expect(randomKey()).toEqual(golden.baseKey);
    expect(golden.randomBits.map(({ counter }) => randomBits(golden.baseKey, counter))).toEqual(
      golden.randomBits.map(({ bits }) => bits),
    );
  });

  test("for absorbed numbers", () => {
    expect(golden.absorb.map(({ n }) => absorb(golden.baseKey, n))).toEqual(golden.absorb.map(({ key }) => key));
  });

  test.each(golden.keys.map((entry) => [JSON.stringify(entry.words), entry] as const))("for %s", (_, entry) => {
    const key = randomKey(...entry.words);
    expect(key).toEqual(entry.key);
    expect(entry.bits.map((_bits, i) => randomBits(key, i))).toEqual(entry.bits);
    expect([...randomUniform(key, entry.uniform.length)]).toEqual(entry.uniform);
  });

  test.each(golden.inputs.map((entry) => [JSON.stringify(entry.spec), entry] as const))(
    "for the input %s",
    (_, { id, index, spec, data }) => {
      const expected: unknown = JSON.parse(
        JSON.stringify(data, (_key, value: unknown) => (typeof value === "boolean" ? Number(value) : value)),
      );
      expect(inputData(id, index, spec).toArray()).toEqual(expected);
    },
  );
});
