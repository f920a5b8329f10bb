import { LamellaError, type NestedArray, type NumberArray, sizeOf, Tensor, type TypedArray } from "@lamella/ir";

import { asTensor, isNested, isRecord } from "./element.ts";

/** What one element of arrays is, along their first axis. */
export type SliceOf<T> = unknown extends T
  ? unknown
  : T extends Tensor<infer D>
    ? Tensor<D>
    : T extends readonly string[]
      ? string
      : T extends NumberArray | NestedArray
        ? Tensor
        : T extends object
          ? { -readonly [K in keyof T]: SliceOf<T[K]> }
          : never;

/** Arrays with one sample a row, of which any can be asked for. */
export interface Slices {
  readonly count: number;
  readonly at: (index: number) => unknown;
}

/**
 * Tensors, typed arrays, nested arrays and lists of texts, or tuples (of Tensors and typed arrays) and records of them.
 *
 * @throws LamellaError `data` when they differ in length, or are no arrays
 */
export function slicesOf(arrays: unknown, where: string): Slices {
  if (isRecord(arrays)) {
    const parts = Object.entries(arrays).map(([name, array]) => [name, slicesOf(array, `${where}.${name}`)] as const);
    const count = commonCount(
      parts.map(([name, part]) => [`${where}.${name}`, part.count]),
      where,
    );
    return { count, at: (index) => Object.fromEntries(parts.map(([name, part]) => [name, part.at(index)])) };
  }
  if (Array.isArray(arrays) && arrays.length > 0 && !isNested(arrays)) return listSlices(arrays, where);
  const tensor = asTensor(arrays, where);
  const [count, ...shape] = tensor.shape;
  if (count === undefined) {
    throw new LamellaError("data", {
      where,
      problem: "A single number has no rows.",
      expected: "an array whose first axis counts the samples",
      received: String(tensor.toNumbers()[0]),
    });
  }
  const size = sizeOf(shape);
  const data: TypedArray = tensor.data;
  const at = (index: number) => new Tensor(tensor.dtype, shape, data.subarray(index * size, (index + 1) * size));
  return { count, at };
}

function listSlices(list: readonly unknown[], where: string): Slices {
  if (list.every((item) => typeof item === "string")) return { count: list.length, at: (index) => list[index] };
  return tupleSlices(list, (i) => `${where}[${i}]`);
}

/** Several arrays side by side: every slice is a tuple. */
export function tupleSlices(arrays: readonly unknown[], where: (index: number) => string): Slices {
  const parts = arrays.map((array, i) => slicesOf(array, where(i)));
  const count = commonCount(
    parts.map((part, i) => [where(i), part.count]),
    where(0),
  );
  return { count, at: (index) => parts.map((part) => part.at(index)) };
}

function commonCount(counts: readonly (readonly [string, number])[], where: string): number {
  const [first] = counts;
  if (first === undefined) throw new LamellaError("data", { where, problem: "There are no arrays." });
  if (counts.every(([, count]) => count === first[1])) return first[1];
  throw new LamellaError("data", {
    problem: "The arrays have different numbers of samples.",
    expected: "one number for all",
    received: counts.map(([name, count]) => `${name}: ${count}`).join(", "),
  });
}
