import type { InputSpec, LayerCase, OperationSpec } from "./case.ts";

type Op = OperationSpec["op"];

const block: InputSpec = { shape: [2, 3, 4] };
const positive: InputSpec = { shape: [2, 3, 4], low: 0.25, high: 3 };
const wide: InputSpec = { shape: [2, 3, 4], low: -4, high: 4 };
/** Halves from -3 to 3: rounding, ties and equal values. */
const halves: InputSpec = { shape: [2, 3, 4], low: -3, high: 3.5, levels: 13 };
const integers: InputSpec = { shape: [2, 3, 4], dtype: "int32", low: -5, high: 6 };
const booleans: InputSpec = { shape: [2, 3, 4], dtype: "bool" };

function op(
  name: Op,
  inputs: readonly InputSpec[],
  options: {
    readonly id?: string;
    readonly before?: readonly unknown[];
    readonly arguments?: readonly unknown[];
    readonly list?: true;
  } = {},
): LayerCase {
  const { id, ...rest } = options;
  return { id: `ops/${name}${id === undefined ? "" : `-${id}`}`, layers: [{ op: name, ...rest }], inputs };
}

const over = (names: readonly Op[], ...inputs: readonly InputSpec[]) => names.map((name) => op(name, inputs));

const reductions: readonly Op[] = ["sum", "mean", "max", "min", "prod", "var", "std", "logsumexp"];

export const opsCases: readonly LayerCase[] = [
  ...over(["add", "subtract", "multiply", "maximum", "minimum", "logaddexp"], block, { shape: [2, 3, 1] }),
  ...over(["divide", "divideNoNan"], block, positive),
  op("divide", [integers, { ...integers, low: 1, high: 5 }], { id: "integers" }),
  op("divideNoNan", [halves, halves], { id: "by-zero" }),
  op("floorDivide", [halves, positive]),
  op("mod", [wide, positive]),
  op("mod", [integers, { ...integers, low: 1, high: 5 }], { id: "integers" }),
  op("power", [positive, block]),
  op("multiply", [block], { id: "number", arguments: [2.5] }),
  op("add", [integers], { id: "whole-number", arguments: [2] }),
  op("add", [integers], { id: "fraction", arguments: [0.5] }),
  op("add", [integers, block], { id: "mixed" }),
  ...over(
    ["negative", "absolute", "square", "exp", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf"],
    block,
  ),
  ...over(["reciprocal", "sqrt", "rsqrt", "log", "log1p", "log2", "log10"], positive),
  ...over(["sign", "floor", "ceil", "trunc", "round", "relu", "relu6"], halves),
  op("clip", [wide], { arguments: [-1, 2] }),
  ...over(["isnan", "isinf", "isfinite"], block),
  ...over(["equal", "notEqual", "greater", "greaterEqual", "less", "lessEqual"], halves, {
    ...halves,
    shape: [2, 1, 4],
  }),
  ...over(["logicalAnd", "logicalOr", "logicalXor"], booleans, { ...booleans, shape: [2, 1, 4] }),
  op("logicalNot", [booleans]),

  ...reductions.map((name) => op(name, [block], { id: "last", arguments: [{ axis: -1 }] })),
  ...reductions.map((name) => op(name, [block], { id: "two", arguments: [{ axis: [0, 2], keepdims: true }] })),
  op("sum", [block], { id: "all" }),
  op("sum", [integers], { id: "integers", arguments: [{ axis: 1 }] }),
  op("mean", [integers], { id: "integers", arguments: [{ axis: 1 }] }),
  op("max", [halves], { id: "ties", arguments: [{ axis: 1 }] }),
  op("any", [booleans], { arguments: [{ axis: 1 }] }),
  op("all", [booleans], { arguments: [{ axis: -1, keepdims: true }] }),
  op("countNonzero", [halves], { arguments: [{ axis: 1 }] }),
  op("norm", [block], { arguments: [{ axis: -1 }] }),
  op("argmax", [halves], { arguments: [{ axis: -1 }] }),
  op("argmin", [halves], { arguments: [{ axis: 1, keepdims: true }] }),
  op("cumsum", [block], { arguments: [{ axis: 1 }] }),
  op("cumsum", [block], { id: "last", arguments: [{ axis: -1 }] }),

  op("reshape", [block], { arguments: [[-1, 6]] }),
  op("ravel", [block]),
  op("transpose", [block], { arguments: [[0, 2, 1]] }),
  op("transpose", [block], { id: "reversed" }),
  op("swapaxes", [block], { arguments: [1, 2] }),
  op("moveaxis", [block], { arguments: [0, -1] }),
  op("expandDims", [block], { arguments: [1] }),
  op("squeeze", [{ shape: [2, 1, 4] }], { arguments: [1] }),
  op("concatenate", [block, { shape: [2, 2, 4] }], { arguments: [{ axis: 1 }], list: true }),
  op("stack", [block, block], { arguments: [{ axis: 1 }], list: true }),
  op("unstack", [block], { arguments: [{ axis: 1 }] }),
  op("split", [block], { arguments: [2, { axis: -1 }] }),
  op("split", [block], { id: "indices", arguments: [[1, 3], { axis: 2 }] }),
  op("flip", [block], { arguments: [1] }),
  op("getItem", [{ shape: [2, 3, 4], symbolic: [null, null, 4] }], { id: "last-step", arguments: [[{}, -1]] }),
  op("getItem", [{ shape: [2, 3, 4], symbolic: [null, null, 4] }], {
    id: "range-of-unknown-length",
    arguments: [[{}, { start: 1, stop: -1 }, "...", null]],
  }),
  op("getItem", [block], { id: "steps", arguments: [[{}, 0, { start: 1, stop: 9, step: 2 }]] }),
  op("getItem", [block], { id: "backwards", arguments: [[null, "...", { start: -1, stop: -4, step: -2 }]] }),
  op("heaviside", [halves, block]),
  op("broadcastTo", [{ shape: [2, 1, 4], symbolic: [2, 1, 4] }], { arguments: [[2, 3, 4]] }),
  op("pad", [block], {
    arguments: [
      [
        [0, 0],
        [1, 2],
        [0, 1],
      ],
    ],
  }),
  op("roll", [block], { arguments: [1, { axis: 1 }] }),
  op("roll", [block], { id: "back", arguments: [-1, { axis: -1 }] }),
  op("tile", [block], { arguments: [[1, 2, 3]] }),
  op("repeat", [block], { arguments: [2, { axis: 1 }] }),
  op("slice", [block], {
    arguments: [
      [0, 1, 1],
      [2, 2, 3],
    ],
  }),
  op("cast", [halves], { arguments: ["int32"] }),
  op("cast", [integers], { id: "float", arguments: ["float32"] }),
  op("stopGradient", [block]),
  op("zerosLike", [block]),
  op("onesLike", [block]),
  op("fullLike", [block], { arguments: [2.5] }),
  op("tril", [block]),
  op("triu", [block], { arguments: [{ k: 1 }] }),

  op("matmul", [block, { shape: [2, 4, 5] }]),
  op("matmul", [block, { shape: [4, 5], symbolic: [4, 5] }], { id: "matrix" }),
  op("tensordot", [block, { shape: [4, 5], symbolic: [4, 5] }], { arguments: [1] }),
  op("take", [block, { shape: [2], dtype: "int32", high: 3 }], { arguments: [{ axis: 1 }] }),
  op("takeAlongAxis", [block, { shape: [2, 3, 2], dtype: "int32", high: 4 }], { arguments: [{ axis: -1 }] }),
  op("oneHot", [{ shape: [2, 3], dtype: "int32", high: 5 }], { arguments: [5] }),
  op("einsum", [block, { shape: [2, 4, 5] }], { before: ["bij,bjk->bki"] }),
  op("einsum", [block, block], { id: "ellipsis", before: ["b...i,b...i->b..."] }),
  op("sort", [halves]),
  op("sort", [block], { id: "axis", arguments: [{ axis: 1 }] }),
  op("sort", [{ shape: [2, 3, 4], symbolic: [null, null, 4] }], { id: "unknown", arguments: [{ axis: 1 }] }),
  op("argsort", [halves], { arguments: [{ axis: 1 }] }),
  op("topK", [halves], { arguments: [2] }),
  op("topK", [integers], { id: "integers", arguments: [3] }),
  op("where", [booleans, block, block]),
  op("where", [booleans, block], { id: "number", arguments: [-1] }),
  op("where", [booleans, integers], { id: "fraction", arguments: [0.5] }),
  op("where", [booleans], { id: "numbers", arguments: [1, 0] }),

  ...over(["selu", "gelu", "silu", "sigmoid", "softplus", "softsign", "logSigmoid", "softmax"], wide),
  ...over(["logSoftmax", "glu", "elu", "celu", "squareplus", "tanhShrink"], wide),
  ...over(["hardSigmoid", "hardSilu", "hardTanh", "sparsePlus", "sparseSigmoid", "hardShrink"], halves),
  ...over(["softShrink", "leakyRelu"], halves),
  op("sparsemax", [block]),
  op("softmax", [wide], { id: "axis", arguments: [{ axis: 1 }] }),
  op("gelu", [wide], { id: "exact", arguments: [{ approximate: false }] }),
  op("threshold", [halves], { arguments: [0.5, -1] }),
  op("elu", [wide], { id: "alpha", arguments: [{ alpha: 0.5 }] }),
];
