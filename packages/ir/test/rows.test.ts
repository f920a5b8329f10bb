import { expect, test } from "vitest";

import { concatRows, flatTensor, gatherRows, isNumberArray, tensor } from "../src/index.ts";

test("a typed array keeps its dtype where a tensor has it, and is int32 else", () => {
  expect(flatTensor(new Float32Array([1, 2]), [2]).dtype).toBe("float32");
  expect(flatTensor(new Uint8Array(2), [2]).dtype).toBe("uint8");
  const short = flatTensor(new Int16Array([-3, 4]), [1, 2]);
  expect([short.dtype, short.toArray()]).toEqual(["int32", [[-3, 4]]]);
});

test("views that hold no numbers of a tensor are no number arrays", () => {
  expect([new Int8Array(1), new DataView(new ArrayBuffer(1)), new BigUint64Array(1), [1]].map(isNumberArray)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test("rows are gathered and joined", () => {
  const source = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const gathered = gatherRows(source, [2, 0, 2], 1);
  expect(gathered.toArray()).toEqual([
    [1, 2],
    [5, 6],
  ]);
  expect(concatRows([gathered, source.rows(1, 2)]).toArray()).toEqual([
    [1, 2],
    [5, 6],
    [3, 4],
  ]);
});
