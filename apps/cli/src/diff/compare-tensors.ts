import type { Tensor } from "@lamella/ir";

import { numbersOf } from "../numbers-of.ts";

/** How far two tensors of one shape are from each other. */
export interface Distance {
  /** The largest absolute difference: NaN where one of two numbers is NaN or both are different infinities. */
  readonly largest: number;
  /** How many numbers differ by more than the tolerance. */
  readonly count: number;
}

/** Compares number by number. NaN is equal to NaN. */
export function distanceOf(a: Tensor, b: Tensor, tolerance: number): Distance {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  let largest = 0;
  let count = 0;
  for (let i = 0; i < left.length; i++) {
    const [x, y] = [left[i]!, right[i]!];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    const difference = Math.abs(x - y);
    if (!(difference <= largest)) largest = difference;
    if (!(difference <= tolerance)) count += 1;
  }
  return { largest, count };
}
