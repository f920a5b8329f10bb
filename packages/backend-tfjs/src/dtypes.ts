import {
  type DType,
  fromNumbers,
  LamellaError,
  locate,
  type PrimitiveGraph,
  type Tensor,
  type TypedArray,
} from "@lamella/ir";

import type { HostArray, TfDType } from "./device.ts";

const kept: { readonly [D in DType]?: TfDType } = {
  float32: "float32",
  int32: "int32",
  int64: "int32",
  uint32: "int32",
  uint8: "int32",
  bool: "bool",
};

/** The dtype in which TensorFlow.js keeps a dtype: integers as int32. @throws LamellaError `unsupported` */
export function tfDType(dtype: DType): TfDType {
  const found = kept[dtype];
  if (found !== undefined) return found;
  throw new LamellaError("unsupported", {
    problem: `TensorFlow.js has no ${dtype}.`,
    expected: "float32, int32, int64, uint32, uint8 or bool",
    received: dtype,
    hint:
      dtype === "float16"
        ? "Layers of the dtype policies 'mixed_float16' and 'float16' compute in it: build the model with 'float32', or run it on another backend, such as onnxruntime()."
        : "Cast to float32, or use another backend.",
  });
}

/** Refuses, before anything runs, a graph with values that cannot be kept. @throws LamellaError `unsupported` that names the node */
export function checkDTypes({ nodes, values }: PrimitiveGraph): void {
  for (const { name, op, outputs } of nodes) {
    if (op.type === "Constant") continue;
    locate(name, () => {
      for (const id of outputs) tfDType(values[id]!.dtype);
      if (op.type === "Scan") checkDTypes(op.attributes.body);
    });
  }
}

function outOfRange(dtype: DType, value: number | bigint): LamellaError {
  return new LamellaError("data", {
    problem: `TensorFlow.js keeps ${dtype} as int32, and a value does not fit.`,
    expected: "whole numbers from -2147483648 to 2147483647",
    received: String(value),
    hint: "Use another backend for numbers of this size.",
  });
}

/** The elements as TensorFlow.js takes them; shared with the tensor where they are alike. */
export function toTf({ dtype, data }: Tensor): HostArray {
  tfDType(dtype);
  const all: TypedArray = data;
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return all as HostArray;
  for (const value of all) {
    if (value > 2 ** 31 - 1 || value < -(2 ** 31)) throw outOfRange(dtype, value);
  }
  return Int32Array.from(all as ArrayLike<number>, Number);
}

/** Elements of TensorFlow.js as those of a dtype that is kept so. */
export function fromTf(dtype: DType, data: HostArray): TypedArray {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return data;
  return fromNumbers(dtype, data);
}
