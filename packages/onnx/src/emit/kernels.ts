import type { DType } from "@lamella/ir";

import type { NodeEmitter } from "./graph.ts";
import type { Attributes, Wire } from "./model.ts";

const real = ["float32", "float16", "float64"] as const;
const single = ["float32", "float16"] as const;
const signed = [...real, "int32", "int64"] as const;
const numeric = [...signed, "uint32", "uint8"] as const;

/** The dtypes that ONNX Runtime's CPU kernels take, as tried on 1.30. An operator that is not here takes all of them. */
const kernels: Readonly<Record<string, readonly DType[]>> = {
  Neg: signed,
  Abs: numeric,
  Sign: numeric,
  Floor: real,
  Exp: real,
  Log: real,
  Sqrt: real,
  Sin: real,
  Cos: real,
  Erf: single,
  Tanh: real,
  Sigmoid: real,
  Softplus: single,
  Relu: [...real, "int32"],
  Add: numeric,
  Sub: numeric,
  Mul: numeric,
  Div: numeric,
  Pow: signed,
  Max: numeric,
  Min: numeric,
  Mod: numeric,
  Greater: numeric,
  GreaterOrEqual: numeric,
  Less: numeric,
  LessOrEqual: numeric,
  Where: [...signed, "uint8"],
  ReduceSum: signed,
  ReduceMean: signed,
  ReduceMax: [...signed, "uint8", "bool"],
  ArgMax: [...signed, "uint8"],
  TopK: ["float32", "float64", "int32", "int64"],
  Softmax: real,
  LogSoftmax: real,
  MatMul: [...signed, "uint32"],
  ScatterElements: numeric.filter((dtype) => dtype !== "float16"),
  Conv: single,
  ConvTranspose: single,
  MaxPool: [...real, "uint8"],
  MaxUnpool: single,
  AveragePool: single,
};

/** Where to compute what a kernel does not take, the best first. */
const wider: { readonly [D in DType]: readonly DType[] } = {
  bool: ["uint8", "int32", "float32"],
  uint8: ["int32", "float32"],
  uint32: ["int64", "float64", "float32"],
  int32: ["int64", "float64", "float32"],
  int64: ["float64", "float32"],
  float16: ["float32"],
  float64: ["float32"],
  float32: [],
};

/** The dtype in which an operator computes on values of `dtype`. */
export function kernelDType(type: string, dtype: DType): DType {
  const known = kernels[type];
  if (known === undefined || known.includes(dtype)) return dtype;
  return wider[dtype].find((candidate) => known.includes(candidate)) ?? "float32";
}

/** The primitive as one ONNX operator, with Casts around it where the kernel lacks the dtype. `data`: inputs to cast. */
export function finishWith<A>(
  node: NodeEmitter<A>,
  type: string,
  inputs: readonly Wire[],
  attributes: Attributes = {},
  data: readonly number[] = inputs.map((_, i) => i),
): void {
  const own = node.inputs[data[0]!]!.dtype;
  const dtype = kernelDType(type, own);
  if (dtype === own) return node.finish(type, inputs, attributes);
  const cast = inputs.map((wire, i) => (data.includes(i) ? node.cast(wire, dtype) : wire));
  if (node.outputs[0]!.dtype !== own) return node.finish(type, cast, attributes);
  node.finishCast(node.step(type, cast, attributes), dtype);
}
