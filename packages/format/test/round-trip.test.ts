import { dtypes, type JsonObject, type JsonValue, type SavedModel, Tensor, tensor } from "@lamella/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decode, encode, encodeChunks } from "../src/index.ts";
import { anyModel, small, tensorOf, withConfig, withTensors } from "./models.ts";

function configOf(model: SavedModel): JsonObject {
  return model.layers[0]?.config ?? {};
}

function throughFile(value: JsonValue): JsonValue | undefined {
  return configOf(decode(encode(withConfig({ value }))))["value"];
}

test("a model comes back as it was", () => {
  expect(decode(encode(small))).toStrictEqual(small);
});

test("any model comes back as it was", () => {
  fc.assert(
    fc.property(anyModel, (model) => {
      const bytes = encode(model);
      expect(bytes.length % 64).toBe(0);
      expect(decode(bytes)).toStrictEqual(model);
    }),
    { seed: 11, numRuns: 300 },
  );
});

test("encoding twice gives the same bytes, and so do chunks put together", () => {
  const bytes = encode(small);
  expect(encode(decode(bytes))).toStrictEqual(bytes);
  expect(new Uint8Array(Buffer.concat([...encodeChunks(small)]))).toStrictEqual(bytes);
});

test("chunks are the tensors' own memory", () => {
  const { data } = tensor([1, 2, 3]);
  const model = withTensors([new Tensor("float32", [3], data as Float32Array)]);
  const chunk = [...encodeChunks(model)].find(({ buffer }) => buffer === data.buffer);
  expect(chunk?.length).toBe(data.byteLength);
});

describe("configuration values", () => {
  const numbers = [0, -0, 1, -1, 0.1, -1e-300, 5e-324, Number.MAX_VALUE, NaN, Infinity, -Infinity];
  const large = [2 ** 31, 2 ** 32 + 1, 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 53, 2 ** 60, -(2 ** 63), 1e21];
  const others: JsonValue[] = [null, true, false, "", "a\0b", "\u{feff}mark", "\u{1f600}", [], {}, [[], [[]]]];
  test.each([...numbers, ...large, ...others])("%j comes back", (value) => {
    expect(throughFile(value)).toStrictEqual(value);
  });

  test("a text may be long", () => {
    const text = "long ".repeat(50_000);
    expect(throughFile(text)).toBe(text);
  });

  test("the order of keys is kept, and __proto__ is a key as any other", () => {
    const value = JSON.parse('{"z": 1, "__proto__": {"polluted": true}, "a": 2}') as JsonObject;
    const found = throughFile(value) as JsonObject;
    expect(JSON.stringify(found)).toBe(JSON.stringify(value));
    expect(found["polluted"]).toBeUndefined();
  });

  test("100 levels of nesting come back, 101 are refused", () => {
    const nested = (depth: number): JsonValue => (depth === 0 ? [] : [nested(depth - 1)]);
    expect(throughFile(nested(99))).toStrictEqual(nested(99));
    expect(() => throughFile(nested(100))).toThrow("More than 100 levels of nesting cannot be saved");
  });

  test.each([
    [undefined, "undefined"],
    [1n, "bigint"],
    [new Date(0), "Date"],
    [new Float32Array(1), "Float32Array"],
    [() => 1, "function"],
  ])("%s is refused where it stands", (value, kind) => {
    const model = withConfig({ outer: [{ inner: value as never }] });
    const message = `layers[0] 'dense' config.outer[0].inner: This value cannot be saved.`;
    expect(() => encode(model)).toThrow(message);
    expect(() => encode(model)).toThrow(`Received: ${kind}.`);
  });

  test("half a surrogate pair and a configuration within itself are refused", () => {
    expect(() => encode(withConfig({ a: "\ud800" }))).toThrow("half a surrogate pair");
    const loop: Record<string, JsonValue> = {};
    loop["self"] = loop;
    expect(() => encode(withConfig(loop))).toThrow("More than 100 levels");
  });
});

describe("tensors", () => {
  test.each(dtypes)("any %s tensor comes back", (dtype) => {
    fc.assert(
      fc.property(fc.array(tensorOf(dtype), { maxLength: 4 }), (tensors) => {
        const found = decode(encode(withTensors(tensors))).weights.map((weight) => weight.tensor);
        expect(found).toStrictEqual(tensors);
      }),
      { seed: 12, numRuns: 50 },
    );
  });

  const mixed = [
    tensor(1),
    new Tensor("int64", [2], BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n))),
    new Tensor("float32", [0, 5], new Float32Array()),
    new Tensor("float16", [1], Uint16Array.of(0x7e01)),
    tensor([true, false, true]),
  ];

  test("are views of the file, at multiples of 64", () => {
    const bytes = encode(withTensors(mixed));
    for (const { tensor: found } of decode(bytes).weights) {
      expect(found.data.buffer).toBe(bytes.buffer);
      expect(found.data.byteOffset % 64).toBe(0);
    }
    const [first] = decode(bytes.buffer).weights;
    expect(first?.tensor.data.buffer).toBe(bytes.buffer);
  });

  test.each([1, 2, 4, 8])("in memory that starts at byte %i are copied only where they must be", (start) => {
    const bytes = encode(withTensors(mixed));
    const moved = new Uint8Array(bytes.length + start).subarray(start);
    moved.set(bytes);
    const found = decode(moved).weights.map((weight) => weight.tensor);
    expect(found).toStrictEqual(mixed);
    for (const { data } of found) {
      expect(data.buffer === moved.buffer).toBe(start % data.BYTES_PER_ELEMENT === 0);
    }
  });

  test("with booleans other than 0 and 1, or data of another type, are refused", () => {
    const two = withTensors([new Tensor("bool", [2], Uint8Array.of(0, 2))]);
    expect(() => encode(two)).toThrow("tensor 0: The data of a boolean tensor has bytes other than 0 and 1.");
    const bytes = encode(withTensors([tensor([true])])).fill(3, -64, -63);
    expect(() => decode(bytes)).toThrow("The data of a boolean tensor has bytes other than 0 and 1.");
    const wrong = withTensors([new Tensor("float64", [1], new Float32Array(1) as never)]);
    expect(() => encode(wrong)).toThrow("tensor 0: The data is not float64. Received: Float32Array.");
  });

  test("that are part of a larger buffer are written alone", () => {
    const part = tensor([1, 2, 3, 4, 5, 6], [3, 2]).rows(1, 2);
    expect(decode(encode(withTensors([part]))).weights[0]?.tensor.toArray()).toEqual([[3, 4]]);
  });
});
