import {
  AveragePool,
  AveragePoolGrad,
  Cast,
  Conv,
  type ConvAttributes,
  ConvInputGrad,
  ConvWeightGrad,
  Cos,
  Div,
  Exp,
  Floor,
  Greater,
  GreaterOrEqual,
  LamellaError,
  LessOrEqual,
  MaxPoolGrad,
  Mul,
  Neg,
  type Primitive,
  type PrimitiveAttributes,
  type PrimitiveTable,
  Reshape,
  Sigmoid,
  Sign,
  Sin,
  staticShape,
  Sub,
  type Tracer,
  Transpose,
  Where,
} from "@lamella/ir";

import { concatGradient, gatherGradient, padGradient, scatterGradient, sliceGradient } from "./array-gradients.ts";
import { matMulGradient } from "./matmul-gradient.ts";
import { powGradient } from "./pow-gradient.ts";
import {
  logSoftmaxGradient,
  reduceMaxGradient,
  reduceMeanGradient,
  reduceSumGradient,
  softmaxGradient,
} from "./reduction-gradients.ts";
import { binary, broadcasting, type GradientRow, none, unary } from "./row.ts";
import { scanGradient } from "./scan-gradient.ts";
import { sumTo } from "./sums.ts";

type GradientTable = PrimitiveTable<{ [P in Primitive]: GradientRow<PrimitiveAttributes[P]> }>;

function convolution({ layout, strides, pads, dilations, group }: ConvAttributes): ConvAttributes {
  return { layout, strides, pads, dilations, group };
}

function weightShape(weight: Tracer): readonly number[] {
  return staticShape(weight.shape, "The weight of a convolution must have a known shape.");
}

/** The gradient of every primitive. Derived from the primitives' definitions; each row says how for one of them. */
export const gradientTable: GradientTable = {
  Constant: none,
  DimSize: none,
  Range: none,
  RandomBits: none,
  StopGradient: none,
  Identity: unary(({ dy }) => dy),
  Cast: unary(({ dy, x }) => Cast(dy, x.dtype)),

  Neg: unary(({ dy }) => Neg(dy)),
  Abs: unary(({ dy, x }) => Mul(dy, Sign(x))),
  Sign: none,
  Floor: none,
  Exp: unary(({ dy, y }) => Mul(dy, y)),
  Log: unary(({ dy, x }) => Div(dy, x)),
  Sqrt: unary(({ dy, y }) => Div(Mul(dy, 0.5), y)),
  Sin: unary(({ dy, x }) => Mul(dy, Cos(x))),
  Cos: unary(({ dy, x }) => Neg(Mul(dy, Sin(x)))),
  Erf: unary(({ dy, x }) => Mul(dy, Mul(Exp(Neg(Mul(x, x))), 2 / Math.sqrt(Math.PI)))),
  Tanh: unary(({ dy, y }) => Mul(dy, Sub(1, Mul(y, y)))),
  Sigmoid: unary(({ dy, y }) => Mul(dy, Mul(y, Sub(1, y)))),
  Softplus: unary(({ dy, x }) => Mul(dy, Sigmoid(x))),
  Relu: unary(({ dy, y }) => Where(Greater(y, 0), dy, 0)),

  Add: broadcasting(binary(({ dy }) => [() => dy, () => dy])),
  Sub: broadcasting(binary(({ dy }) => [() => dy, () => Neg(dy)])),
  Mul: broadcasting(binary(({ dy, a, b }) => [() => Mul(dy, b), () => Mul(dy, a)])),
  Div: broadcasting(binary(({ dy, b, y }) => [() => Div(dy, b), () => Neg(Div(Mul(dy, y), b))])),
  Mod: broadcasting(binary(({ dy, a, b }) => [() => dy, () => Neg(Mul(dy, Floor(Div(a, b))))])),
  Pow: broadcasting(binary(powGradient)),
  Max: broadcasting(
    binary(({ dy, a, b }) => [() => Where(GreaterOrEqual(a, b), dy, 0), () => Where(GreaterOrEqual(a, b), 0, dy)]),
  ),
  Min: broadcasting(
    binary(({ dy, a, b }) => [() => Where(LessOrEqual(a, b), dy, 0), () => Where(LessOrEqual(a, b), 0, dy)]),
  ),
  Where: broadcasting(({ inputs: [condition], outputGradients: [dy] }) => [
    undefined,
    () => Where(condition!, dy!, 0),
    () => Where(condition!, 0, dy!),
  ]),

  Equal: none,
  Greater: none,
  GreaterOrEqual: none,
  Less: none,
  LessOrEqual: none,
  And: none,
  Or: none,
  Not: none,

  ReduceSum: unary(reduceSumGradient),
  ReduceMean: unary(reduceMeanGradient),
  ReduceMax: unary(reduceMaxGradient),
  ArgMax: none,
  TopK: none,
  Softmax: unary(softmaxGradient),
  LogSoftmax: unary(logSoftmaxGradient),
  MatMul: binary(matMulGradient),

  Reshape: unary(({ dy, x }) => Reshape(dy, x.shape)),
  Transpose: unary(({ dy, attributes: { perm } }) =>
    Transpose(
      dy,
      perm.map((_, axis) => perm.indexOf(axis)),
    ),
  ),
  Expand: unary(({ dy, x }) => sumTo(dy, x.shape)),
  Concat: concatGradient,
  Slice: unary(sliceGradient),
  Pad: unary(padGradient),
  Gather: binary(gatherGradient),
  ScatterND: scatterGradient,

  Conv: binary(({ dy, a: x, b: weight, attributes }) => [
    () => ConvInputGrad(dy, weight, { ...attributes, inputShape: x.shape }),
    () => ConvWeightGrad(x, dy, { ...attributes, weightShape: weightShape(weight) }),
  ]),
  ConvInputGrad: binary(({ dy: dx, a: dy, b: weight, attributes }) => [
    () => Conv(dx, weight, convolution(attributes)),
    () => ConvWeightGrad(dx, dy, { ...convolution(attributes), weightShape: weightShape(weight) }),
  ]),
  ConvWeightGrad: binary(({ dy: dw, a: x, b: dy, attributes }) => [
    () => ConvInputGrad(dy, dw, { ...convolution(attributes), inputShape: x.shape }),
    () => Conv(x, dw, convolution(attributes)),
  ]),
  MaxPool: unary(({ dy, x, y, attributes }) => MaxPoolGrad(x, y, dy, attributes)),
  MaxPoolGrad: () => [
    undefined,
    undefined,
    () => {
      throw new LamellaError("unsupported", {
        problem: "MaxPoolGrad cannot be differentiated: there are no second derivatives through a MaxPool.",
        hint: "Use AveragePool, or strided convolutions, where second derivatives are needed.",
      });
    },
  ],
  AveragePool: unary(({ dy, x, attributes }) => AveragePoolGrad(dy, { ...attributes, inputShape: x.shape })),
  AveragePoolGrad: unary(({ dy: dx, attributes: { layout, strides, pads, kernelShape } }) =>
    AveragePool(dx, { layout, strides, pads, kernelShape }),
  ),

  Scan: scanGradient,
};
