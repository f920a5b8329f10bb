import { describe, expect, test } from "vitest";

import { parseIdx } from "../src/idx.ts";

const twoByThree = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];

describe("parseIdx", () => {
  test("gives shape and bytes", () => {
    const { shape, data } = parseIdx(Uint8Array.from(twoByThree), "file");
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("reads where a buffer is part of another one", () => {
    const within = Uint8Array.from([9, 9, 9, ...twoByThree]).subarray(3);
    expect(parseIdx(within, "file").shape).toEqual([2, 3]);
  });

  test("refuses a file that ends too early, in its data or in its header", () => {
    const short = (length: number) => () => parseIdx(Uint8Array.from(twoByThree.slice(0, length)), "digits-idx2");
    expect(short(17)).toThrow("digits-idx2: The file ends too early. Expected: at least 18 bytes. Received: 17 bytes.");
    expect(short(10)).toThrow("The file ends too early.");
    expect(short(4)).toThrow("The file ends too early.");
  });

  test("refuses a file that is longer than it says", () => {
    expect(() => parseIdx(Uint8Array.from([...twoByThree, 7]), "file")).toThrow("longer than it says");
  });

  test("refuses other files", () => {
    const gzip = Uint8Array.from([0x1f, 0x8b, 0x08, 0x08]);
    expect(() => parseIdx(gzip, "file")).toThrow("Expected: 00 00 08 at its start. Received: 1f 8b 08.");
    expect(() => parseIdx(new Uint8Array(0), "file")).toThrow("Received: an empty file.");
  });
});
