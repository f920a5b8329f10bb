import { type Primitive, type PrimitiveAttributes, type PrimitiveTable, Tensor } from "@lamella/ir";

import type { StaticAttributes } from "../specialize.ts";
import { conv, convInputGrad, convWeightGrad } from "./convolution.ts";
import { binary, cast, comparison, unary, where } from "./elementwise.ts";
import { gather, randomBitsKernel, scatterND } from "./indexing.ts";
import type { Kernel } from "./kernel.ts";
import { matMul } from "./matmul.ts";
import { concat, expand, pad, reshape, slice, transpose } from "./movement.ts";
import { averagePool, averagePoolGrad, maxPool, maxPoolGrad } from "./pooling.ts";
import { argMax, topK, logSoftmax, reduceMax, reduceMean, reduceSum, softmax } from "./reduce.ts";
import { bigFloorMod, bigPow, erf, floorMod, sigmoid, softplus } from "./scalar.ts";
import { scan } from "./scan.ts";

const identity: Kernel<unknown> = ([x]) => x!;
const truth = (f: (a: number, b: number) => number) => binary({ float: f, big: (a) => a });

/** What every primitive computes. */
export const kernels: PrimitiveTable<{
  [P in Primitive]: Kernel<StaticAttributes<PrimitiveAttributes[P]>>;
}> = {
  Constant: (_, { value }) => value,
  Identity: identity,
  StopGradient: identity,
  DimSize: (_, { dim }) => new Tensor("int32", [], Int32Array.of(dim)),
  Range: (_, { size }) =>
    new Tensor(
      "int32",
      [size],
      Int32Array.from({ length: size }, (_value, i) => i),
    ),
  RandomBits: randomBitsKernel,
  Cast: cast,

  Neg: unary(
    (x) => -x,
    (x) => -x,
  ),
  Abs: unary(Math.abs, (x) => (x < 0n ? -x : x)),
  Sign: unary(Math.sign, (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n)),
  Floor: unary(Math.floor),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Erf: unary(erf),
  Tanh: unary(Math.tanh),
  Sigmoid: unary(sigmoid),
  Softplus: unary(softplus),
  Relu: unary(
    (x) => Math.max(x, 0),
    (x) => (x > 0n ? x : 0n),
  ),
  Not: unary((x) => 1 - x),

  Add: binary({ float: (a, b) => a + b, big: (a, b) => a + b }),
  Sub: binary({ float: (a, b) => a - b, big: (a, b) => a - b }),
  Mul: binary({ float: (a, b) => a * b, int: Math.imul, big: (a, b) => a * b }),
  Div: binary({ float: (a, b) => a / b, big: (a, b) => (b === 0n ? 0n : a / b) }),
  Pow: binary({ float: Math.pow, big: bigPow }),
  Max: binary({ float: Math.max, big: (a, b) => (a > b ? a : b) }),
  Min: binary({ float: Math.min, big: (a, b) => (a < b ? a : b) }),
  Mod: binary({ float: floorMod, big: bigFloorMod }),
  Equal: comparison((a, b) => a === b),
  Greater: comparison((a, b) => a > b),
  GreaterOrEqual: comparison((a, b) => a >= b),
  Less: comparison((a, b) => a < b),
  LessOrEqual: comparison((a, b) => a <= b),
  And: truth((a, b) => a * b),
  Or: truth((a, b) => a + b),
  Where: where,

  ReduceSum: reduceSum,
  ReduceMean: reduceMean,
  ReduceMax: reduceMax,
  ArgMax: argMax,
  TopK: topK,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  MatMul: matMul,

  Reshape: reshape,
  Transpose: transpose,
  Expand: expand,
  Concat: concat,
  Slice: slice,
  Pad: pad,
  Gather: gather,
  ScatterND: scatterND,

  Conv: conv,
  ConvInputGrad: convInputGrad,
  ConvWeightGrad: convWeightGrad,
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGrad,
  AveragePool: averagePool,
  AveragePoolGrad: averagePoolGrad,

  Scan: scan,
};
