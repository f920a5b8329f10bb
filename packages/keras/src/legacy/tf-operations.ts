import type { OldCall } from "./inbound-nodes.ts";
import {
  add,
  argReduction,
  arithmetic,
  binary,
  configured,
  cumsum,
  divide,
  gather,
  getItem,
  isTensorFree,
  joining,
  l2Normalize,
  matmul,
  negated,
  nn,
  pad,
  reduction,
  resize,
  sliceKeys,
  squeeze,
  step,
  transpose,
  unary,
  type Rule,
  type Step,
} from "./tf-rules.ts";

/** TensorFlow's functions, by their canonical names, as operations of Keras 3. */
const rules: Readonly<Record<string, Rule>> = {
  "__operators__.add": add,
  "__operators__.getitem": getItem,
  "math.add": add,
  "math.subtract": arithmetic("Subtract", (values, areLeft) =>
    areLeft ? { scale: -1, offset: values } : { scale: 1, offset: negated(values) },
  ),
  "math.multiply": arithmetic("Multiply", (scale) => ({ scale, offset: 0 })),
  "math.divide": divide,
  "math.truediv": divide,
  div: divide,
  "math.floordiv": binary("FloorDivide"),
  floor_div: binary("FloorDivide"),
  "math.floormod": binary("Mod"),
  "math.mod": binary("Mod"),
  "math.pow": binary("Power"),
  "math.maximum": binary("Maximum"),
  "math.minimum": binary("Minimum"),
  "math.greater": binary("Greater"),
  "math.greater_equal": binary("GreaterEqual"),
  "math.less": binary("Less"),
  "math.less_equal": binary("LessEqual"),
  "math.equal": binary("Equal"),
  "math.not_equal": binary("NotEqual"),
  "math.logical_and": binary("LogicalAnd"),
  "math.logical_or": binary("LogicalOr"),
  "math.squared_difference": {
    first: "x",
    translate: (args) => step("Square", [step("Subtract", [args("x")!, args("y")!])]),
  },
  "math.logical_not": unary("LogicalNot"),
  "math.negative": unary("Negative"),
  "math.abs": unary("Absolute"),
  "math.sign": unary("Sign"),
  "math.square": unary("Square"),
  "math.reciprocal": unary("Reciprocal"),
  "math.sqrt": unary("Sqrt"),
  "math.rsqrt": unary("Rsqrt", "x", "math"),
  "math.exp": unary("Exp"),
  "math.expm1": unary("Expm1"),
  "math.log": unary("Log"),
  "math.log1p": unary("Log1p"),
  "math.sin": unary("Sin"),
  "math.cos": unary("Cos"),
  "math.tan": unary("Tan"),
  "math.sinh": unary("Sinh"),
  "math.cosh": unary("Cosh"),
  "math.tanh": unary("Tanh"),
  "math.erf": unary("Erf", "x", "math"),
  "math.floor": unary("Floor"),
  "math.ceil": unary("Ceil"),
  "math.round": unary("Round"),
  "math.sigmoid": unary("Sigmoid", "x", "nn"),
  "math.log_sigmoid": unary("LogSigmoid", "x", "nn"),
  "math.softplus": unary("Softplus", "features", "nn"),
  "math.is_nan": unary("Isnan"),
  "math.is_inf": unary("Isinf"),
  "math.is_finite": unary("Isfinite"),
  "nn.relu": unary("Relu", "features", "nn"),
  "nn.relu6": unary("Relu6", "features", "nn"),
  "nn.selu": unary("Selu", "features", "nn"),
  "nn.silu": unary("Silu", "features", "nn"),
  "nn.softsign": unary("Softsign", "features", "nn"),
  "nn.elu": { first: "features", translate: (args) => nn("Elu", [args("features")!], { alpha: 1 }) },
  "nn.gelu": {
    first: "features",
    translate: (args) => nn("Gelu", [args("features")!], { approximate: args("approximate") ?? false }),
  },
  "nn.leaky_relu": {
    first: "features",
    translate: (args) => nn("LeakyRelu", [args("features")!], { negative_slope: args("alpha") ?? 0.2 }),
  },
  "nn.softmax": {
    first: "logits",
    translate: (args) => nn("Softmax", [args("logits")!], { axis: args("axis") ?? -1 }),
  },
  "nn.log_softmax": {
    first: "logits",
    translate: (args) => nn("LogSoftmax", [args("logits")!], { axis: args("axis") ?? -1 }),
  },
  "math.l2_normalize": l2Normalize,
  "math.reduce_sum": reduction("Sum"),
  "math.reduce_mean": reduction("Mean"),
  "math.reduce_max": reduction("Max", { initial: null }),
  "math.reduce_min": reduction("Min", { initial: null }),
  "math.reduce_prod": reduction("Prod", { dtype: null }),
  "math.reduce_any": reduction("Any"),
  "math.reduce_all": reduction("All"),
  "math.reduce_std": reduction("Std"),
  "math.reduce_variance": reduction("Var"),
  "math.reduce_logsumexp": reduction("Logsumexp", {}, "math"),
  "math.argmax": argReduction("Argmax"),
  "math.argmin": argReduction("Argmin"),
  "math.cumsum": cumsum,
  "linalg.matmul": matmul,
  reshape: configured("Reshape", "tensor", { newshape: "shape" }),
  transpose,
  expand_dims: configured("ExpandDims", "input", { axis: "axis" }),
  squeeze,
  concat: joining("Concatenate"),
  stack: joining("Stack"),
  split: {
    first: "value",
    translate: (args) => {
      const count = args("num_or_size_splits");
      const isEven = typeof count === "number";
      const config = { indices_or_sections: count ?? null, axis: args("axis") ?? 0 };
      return isEven ? step("Split", [args("value")!], config) : undefined;
    },
  },
  tile: configured("Tile", "input", { repeats: "multiples" }),
  repeat: configured("Repeat", "input", { repeats: "repeats", axis: "axis" }),
  reverse: configured("Flip", "tensor", { axis: "axis" }),
  roll: configured("Roll", "input", { shift: "shift", axis: "axis" }),
  broadcast_to: configured("BroadcastTo", "input", { shape: "shape" }),
  pad,
  slice: {
    first: "input_",
    translate: (args) => {
      const keys = sliceKeys(args("begin"), args("size"));
      return keys === undefined ? undefined : step("GetItem", [args("input_")!, keys]);
    },
  },
  gather,
  clip_by_value: {
    first: "t",
    translate: (args) =>
      isTensorFree(args("clip_value_min")) && isTensorFree(args("clip_value_max"))
        ? step("Clip", [args("t")!], { x_min: args("clip_value_min") ?? null, x_max: args("clip_value_max") ?? null })
        : undefined,
  },
  where: {
    first: "condition",
    translate: (args) =>
      args("x") === undefined || args("y") === undefined
        ? undefined
        : step("Where", [args("condition")!, args("x")!, args("y")!]),
  },
  one_hot: {
    first: "indices",
    translate: (args) =>
      ["on_value", "off_value"].every((name) => args(name) === undefined)
        ? nn("OneHot", [args("indices")!], {
            num_classes: args("depth") ?? null,
            axis: args("axis") ?? -1,
            dtype: "float32",
            sparse: false,
          })
        : undefined,
  },
  cast: { first: "x", translate: (args) => step("Cast", [args("x")!], { dtype: args("dtype") ?? null }, "core") },
  stop_gradient: unary("StopGradient", "input", "core"),
  "image.resize": resize,
};

/** Layers that call a function of TensorFlow's by name. */
export function isTensorFlowCall(className: string): boolean {
  return className === "TFOpLambda" || className === "SlicingOpLambda";
}

/** The operation that a call of a TensorFlow function is, or undefined where there is none. */
export function translateCall(symbol: string, call: OldCall): Step | undefined {
  const name = symbol.replace(/^compat\.v1\./, "");
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  return rule?.translate((argument) => (argument === rule.first ? call.first : call.kwargs[argument]));
}
