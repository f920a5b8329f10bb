import type { Tensor } from "@lamella/ir";
import { expect, test } from "vitest";

import { readOutline } from "../src/decode.ts";
import { alignUp, dataStart, readHeader, writeHeader } from "../src/header.ts";
import { layOut, tensorsOf } from "../src/stored.ts";
import { writeModel } from "../src/write-model.ts";
import { withTensors } from "./models.ts";

/** What writing asks of a tensor, without its memory. */
function described(dtype: Tensor["dtype"], size: number, byteLength: number): Tensor {
  return { dtype, shape: [size], size, byteLength } as unknown as Tensor;
}

test("tensors beyond 2 and 4 GiB keep their place", () => {
  const gigabytes = 3 * 2 ** 30;
  const tensors = [
    described("uint8", gigabytes + 1, gigabytes + 1),
    described("float32", 2 ** 30, 2 ** 32),
    described("bool", 1, 1),
  ];
  const { offsets, length } = layOut(tensors);
  expect(offsets).toEqual([0, gigabytes + 64, gigabytes + 64 + 2 ** 32]);
  expect(length).toBe(gigabytes + 2 ** 32 + 128);

  const flatBuffer = writeModel(withTensors(tensors), offsets, "test");
  const sizes = { flatBufferLength: flatBuffer.length, totalLength: 0 };
  const totalLength = dataStart(sizes) + length;
  const header = readHeader(writeHeader({ ...sizes, totalLength }), totalLength);
  expect(header).toEqual({ flatBufferLength: flatBuffer.length, totalLength });
  const stored = tensorsOf(readOutline(flatBuffer, header).model);
  expect(stored.map(({ offset }) => offset)).toEqual(offsets);
  expect(stored.map((item) => item.length)).toEqual(tensors.map(({ byteLength }) => byteLength));
});

test("sizes are rounded up to 64 beyond 32 bits", () => {
  expect([0, 1, 64, 65, 2 ** 31 + 1, 2 ** 40 + 63].map(alignUp)).toEqual([0, 64, 64, 128, 2 ** 31 + 64, 2 ** 40 + 64]);
});
