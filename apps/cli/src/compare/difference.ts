import type { Tensor } from "@lamella/ir";

import { distanceOf } from "../diff/compare-tensors.ts";
import { numbersOf } from "../numbers-of.ts";

/** How far a tensor is from what it should be. */
export interface Difference {
  /** The largest absolute difference: NaN where numbers and NaN, or different infinities, meet. */
  readonly absolute: number;
  /** The same as a share of the largest absolute number that is expected. */
  readonly relative: number;
}

const none: Difference = { absolute: 0, relative: 0 };

export function differenceOf(expected: Tensor, actual: Tensor): Difference {
  if (expected.shape.join() !== actual.shape.join()) return { absolute: Number.NaN, relative: Number.NaN };
  const { largest } = distanceOf(expected, actual, 0);
  if (largest === 0) return none;
  const numbers = numbersOf(expected);
  let scale = 0;
  for (let i = 0; i < numbers.length; i++) {
    const size = Math.abs(numbers[i]!);
    if (size > scale && size !== Infinity) scale = size;
  }
  return { absolute: largest, relative: largest / scale };
}

/** The largest of several, NaN before all. */
export function largestOf(differences: readonly Difference[]): Difference {
  const largest = (values: readonly number[]) => Math.max(0, ...values);
  return {
    absolute: largest(differences.map(({ absolute }) => absolute)),
    relative: largest(differences.map(({ relative }) => relative)),
  };
}
