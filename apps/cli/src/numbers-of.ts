import type { Tensor } from "@lamella/ir";

/** The elements of a tensor, without a copy where they are plain numbers. */
export function numbersOf(tensor: Tensor): ArrayLike<number> {
  const { data, dtype } = tensor;
  return dtype === "float16" || data instanceof BigInt64Array ? tensor.toNumbers() : data;
}
