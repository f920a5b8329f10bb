import {
  allocate,
  assertDType,
  byteSize,
  type DType,
  dtypes,
  float16ToNumber,
  isDType,
  isFloating,
  numberToFloat16,
  promote,
  viewOf,
} from "@lamella/ir";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { expectError } from "./expect-error.ts";

describe("dtypes", () => {
  test("have a typed array and a size", () => {
    const sizes = Object.fromEntries(dtypes.map((dtype) => [dtype, byteSize(dtype)]));
    expect(sizes).toEqual({ float32: 4, float16: 2, float64: 8, int32: 4, int64: 8, uint32: 4, uint8: 1, bool: 1 });
    for (const dtype of dtypes) expect(allocate(dtype, 3).byteLength).toBe(3 * byteSize(dtype));
    expect(allocate("int64", 2)).toEqual(new BigInt64Array(2));
  });

  test("view bytes without a copy", () => {
    const bytes = new Uint8Array([0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]);
    const view = viewOf("int32", bytes.buffer, 4, 2);
    expect(Array.from(view)).toEqual([1, 2]);
    bytes[4] = 7;
    expect(view[0]).toBe(7);
  });

  test("are known by name", () => {
    expect(isDType("uint8")).toBe(true);
    expect(isDType("complex64")).toBe(false);
    expect(dtypes.filter(isFloating)).toEqual(["float32", "float16", "float64"]);
    expectError(
      () => assertDType("float", "dense"),
      "dtype",
      "dense: Unknown dtype.",
      "one of float32, float16",
      "Received: float.",
    );
  });
});

describe("promote", () => {
  // keras.backend.result_type of Keras 3.15 on TensorFlow; rows and columns in the order of `order`
  const order: readonly DType[] = ["float32", "float16", "float64", "int32", "int64", "uint32", "uint8", "bool"];
  const expected: Readonly<Record<string, readonly DType[]>> = {
    float32: ["float32", "float32", "float64", "float32", "float32", "float32", "float32", "float32"],
    float16: ["float32", "float16", "float64", "float16", "float16", "float16", "float16", "float16"],
    float64: ["float64", "float64", "float64", "float64", "float64", "float64", "float64", "float64"],
    int32: ["float32", "float16", "float64", "int32", "int64", "int64", "int32", "int32"],
    int64: ["float32", "float16", "float64", "int64", "int64", "int64", "int64", "int64"],
    uint32: ["float32", "float16", "float64", "int64", "int64", "uint32", "uint32", "uint32"],
    uint8: ["float32", "float16", "float64", "int32", "int64", "uint32", "uint8", "uint8"],
    bool: ["float32", "float16", "float64", "int32", "int64", "uint32", "uint8", "bool"],
  };

  test.for([...order])("%s with every dtype as Keras does", (dtype) => {
    expect(order.map((other) => promote(dtype, other))).toEqual(expected[dtype]);
  });
});

describe("float16", () => {
  test("all 65,536 patterns come back", () => {
    const wrong: number[] = [];
    for (let pattern = 0; pattern < 65536; pattern++) {
      const value = float16ToNumber(pattern);
      const isNaN = (pattern & 0x7c00) === 0x7c00 && (pattern & 0x3ff) !== 0;
      const back = numberToFloat16(value);
      if (isNaN ? !Number.isNaN(value) || !Number.isNaN(float16ToNumber(back)) : back !== pattern) wrong.push(pattern);
    }
    expect(wrong).toEqual([]);
  });

  test.for<[string, number, number]>([
    ["0", 0, 0x0000],
    ["-0", -0, 0x8000],
    ["1", 1, 0x3c00],
    ["-2", -2, 0xc000],
    ["a third", 1 / 3, 0x3555],
    ["the largest", 65504, 0x7bff],
    ["just below the middle to infinity", 65519.999, 0x7bff],
    ["the middle to infinity", 65520, 0x7c00],
    ["infinity", Infinity, 0x7c00],
    ["-infinity", -Infinity, 0xfc00],
    ["the largest double", Number.MAX_VALUE, 0x7c00],
    ["the smallest", 2 ** -24, 0x0001],
    ["the middle between 0 and the smallest: to even", 2 ** -25, 0x0000],
    ["just above that", 2 ** -25 * 1.000001, 0x0001],
    ["the smallest double", Number.MIN_VALUE, 0x0000],
    ["the largest subnormal", 1023 * 2 ** -24, 0x03ff],
    ["between it and the smallest normal: to even", 1023.5 * 2 ** -24, 0x0400],
    ["a tie: to even, down", 1 + 2 ** -11, 0x3c00],
    ["a tie: to even, up", 1 + 3 * 2 ** -11, 0x3c02],
    ["above a tie by less than float32 can tell", 1 + 2 ** -11 + 2 ** -40, 0x3c01],
    ["below a tie by less than float32 can tell", 1 + 3 * 2 ** -11 - 2 ** -40, 0x3c01],
    ["a fraction that rounds up to 2", 2 - 2 ** -12, 0x4000],
  ])("%s", ([, value, pattern]) => {
    expect(numberToFloat16(value)).toBe(pattern);
  });

  test("rounds every double to the nearest pattern", () => {
    fc.assert(
      fc.property(fc.double({ min: -65504, max: 65504, noNaN: true }), (value) => {
        const pattern = numberToFloat16(value);
        const error = Math.abs(float16ToNumber(pattern) - value);
        for (const neighbour of [pattern - 1, pattern + 1]) {
          if ((neighbour & 0x7fff) >= 0x7c00 || (neighbour & 0x8000) !== (pattern & 0x8000)) continue;
          expect(Math.abs(float16ToNumber(neighbour) - value)).toBeGreaterThanOrEqual(error);
        }
      }),
    );
  });
});
