import {
  type DType,
  fromNumbers,
  isFloating,
  LamellaError,
  type NestedArray,
  type NumberArray,
  sizeOf,
  Tensor,
} from "@lamella/ir";

import { asTensor } from "./element.ts";

/**
 * Vectors along an axis divided by their norm; those of norm 0 stay. Integers become float32. (Keras: normalize.)
 *
 * @param axis default -1
 * @param order which norm: 2 (default), 1, Infinity, or any number above 0
 * @throws LamellaError `config`
 */
export function normalize(x: Tensor | NestedArray | NumberArray, { axis = -1, order = 2 } = {}): Tensor {
  const given = asTensor(x, "normalize");
  const { shape } = given;
  const at = axis < 0 ? axis + shape.length : axis;
  if (shape[at] === undefined)
    throw unusable("axis", `a whole number from ${-shape.length} to ${shape.length - 1}`, axis);
  if (!(order > 0)) throw unusable("order", "a number above 0", order);
  const size = shape[at];
  const inner = sizeOf(shape.slice(at + 1));
  const numbers = Float64Array.from(given.toNumbers());
  for (let start = 0; start < numbers.length; start += size * inner) {
    for (let offset = start; offset < start + inner; offset++) {
      const places = Array.from({ length: size }, (_, i) => offset + i * inner);
      const norm = normOf(
        places.map((place) => Math.abs(numbers[place]!)),
        order,
      );
      if (norm !== 0) for (const place of places) numbers[place]! /= norm;
    }
  }
  const dtype: DType = isFloating(given.dtype) ? given.dtype : "float32";
  return new Tensor(dtype, shape, fromNumbers(dtype, numbers));
}

function normOf(sizes: readonly number[], order: number): number {
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  if (order === Infinity || largest === 0) return largest;
  return largest * sizes.reduce((sum, size) => sum + (size / largest) ** order, 0) ** (1 / order);
}

function unusable(where: string, expected: string, received: number): LamellaError {
  return new LamellaError("config", {
    where,
    problem: "The value cannot be used.",
    expected,
    received: String(received),
  });
}
