import { dtypes, tensor } from "@lamella/ir";
import { expect, test } from "vitest";

import { fromWire, toWire } from "../src/browser/wire.ts";

test("tensors of all dtypes and all numbers come back as they went", () => {
  const numbers = [Number.NaN, Infinity, -Infinity, -0, 0.1, 2 ** 53];
  const tensors = dtypes.map((dtype) => tensor([0, 1, 1, 0], [2, 2], dtype));
  const value = { numbers, tensors, number: 3, tensor: "x", nested: [{ number: -0 }, null, true] };
  expect(fromWire(toWire(value))).toEqual(value);
  expect(fromWire(toWire(tensor(Infinity)))).toEqual(tensor(Infinity));
});
