import { type DType, isFloating, type ValueType } from "@lamella/ir";

/** What losses and metrics compute in: the predictions' dtype, float32 at least. */
export function computeDtype({ dtype }: ValueType): DType {
  return dtype === "float16" || !isFloating(dtype) ? "float32" : dtype;
}
