import type { JsonObject } from "@lamella/ir";

/** How an operation of lamella stands in Keras's files: most are the same but for the spelling. */
export interface OperationForm {
  /** The module under `keras.src.ops`. Default: numpy. */
  readonly module?: "numpy" | "nn" | "math" | "core" | "linalg";
  /** Keras's class. Default: our name with a capital. */
  readonly name?: string;
  /** What its call takes, in order. Default: x, or x1 and x2. */
  readonly call?: readonly string[];
  /** Everything that it computes with, where some of it is told when the operation is made. Default: what its call takes. */
  readonly operands?: readonly string[];
  /** Keras's names of options that are not ours in another spelling. */
  readonly options?: Readonly<Record<string, string>>;
  /** Options that only Keras has, with the one value that means what lamella does; written, too. */
  readonly fixed?: JsonObject;
  /** Whether the call takes one list of tensors. */
  readonly list?: boolean;
}

const nn = { module: "nn" } as const;
const math = { module: "math" } as const;
const core = { module: "core" } as const;
const pair = ["x1", "x2"];

/** Operations by our name, without `ops.`. */
export const operationForms: Readonly<Record<string, OperationForm>> = {
  clip: { operands: ["x", "x_min", "x_max"] },
  add: { call: pair },
  subtract: { call: pair },
  multiply: { call: pair },
  divide: { call: pair },
  divideNoNan: { call: pair },
  floorDivide: { call: pair },
  mod: { call: pair },
  power: { call: pair },
  maximum: { call: pair },
  minimum: { call: pair },
  logaddexp: { call: pair },
  negative: {},
  absolute: {},
  sign: {},
  square: {},
  reciprocal: {},
  sqrt: {},
  rsqrt: math,
  exp: {},
  expm1: {},
  log: {},
  log1p: {},
  log2: {},
  log10: {},
  sin: {},
  cos: {},
  tan: {},
  sinh: {},
  cosh: {},
  tanh: {},
  erf: math,
  floor: {},
  ceil: {},
  trunc: {},
  round: { fixed: { decimals: 0 } },
  relu: nn,
  isnan: {},
  isinf: {},
  isfinite: {},
  heaviside: { call: pair },
  equal: { call: pair },
  notEqual: { call: pair },
  greater: { call: pair },
  greaterEqual: { call: pair },
  less: { call: pair },
  lessEqual: { call: pair },
  logicalNot: {},
  logicalAnd: { call: pair },
  logicalOr: { call: pair },
  logicalXor: { call: pair },
  cumsum: { fixed: { dtype: null } },
  sum: {},
  mean: {},
  max: { fixed: { initial: null } },
  min: { fixed: { initial: null } },
  prod: { fixed: { dtype: null } },
  var: {},
  std: {},
  logsumexp: math,
  any: {},
  all: {},
  countNonzero: {},
  norm: { module: "linalg", fixed: { ord: null } },
  argmax: {},
  argmin: {},
  reshape: {},
  transpose: {},
  swapaxes: {},
  moveaxis: {},
  expandDims: {},
  squeeze: {},
  concatenate: { call: ["xs"], list: true },
  stack: { list: true },
  unstack: core,
  split: { options: { sections: "indices_or_sections" } },
  flip: {},
  getItem: { call: ["x", "key"] },
  roll: {},
  tile: {},
  repeat: {},
  broadcastTo: {},
  pad: { call: ["x", "constant_values"], options: { value: "constant_values" }, fixed: { mode: "constant" } },
  slice: { ...core, call: ["inputs", "start_indices"] },
  cast: { ...core, options: { to: "dtype" } },
  fullLike: { call: ["x", "fill_value"], fixed: { dtype: null } },
  stopGradient: { ...core, call: ["variable"] },
  tril: {},
  triu: {},
  matmul: { call: pair },
  tensordot: { call: pair },
  einsum: { options: { equation: "subscripts" }, call: [] },
  take: { call: ["x", "indices"] },
  takeAlongAxis: { call: ["x", "indices"] },
  oneHot: { ...nn, fixed: { dtype: "float32", sparse: false } },
  where: { call: ["condition", ...pair] },
  sort: {},
  argsort: {},
  topK: { ...math, name: "TopK", fixed: { sorted: true } },
  threshold: nn,
  gelu: nn,
  relu6: nn,
  selu: nn,
  silu: nn,
  sigmoid: nn,
  hardSigmoid: nn,
  hardSilu: nn,
  hardTanh: nn,
  softplus: nn,
  softsign: nn,
  logSigmoid: nn,
  sparsePlus: nn,
  sparseSigmoid: nn,
  tanhShrink: nn,
  elu: { ...nn, options: { value: "alpha" } },
  celu: { ...nn, options: { value: "alpha" } },
  leakyRelu: { ...nn, options: { value: "negative_slope" } },
  hardShrink: { ...nn, options: { value: "threshold" } },
  softShrink: { ...nn, options: { value: "threshold" } },
  squareplus: { ...nn, options: { value: "b" } },
  softmax: nn,
  logSoftmax: nn,
  sparsemax: nn,
  glu: nn,
};

/** Keras's class of an operation. */
export function operationClass(name: string): string {
  return operationForms[name]?.name ?? name[0]!.toUpperCase() + name.slice(1);
}

/** Our names by Keras's classes; further classes that are other spellings of the same. */
export const ourOperations: ReadonlyMap<string, string> = new Map([
  ...Object.keys(operationForms).map((name) => [operationClass(name), name] as const),
  ["Abs", "absolute"],
  ["Amax", "max"],
  ["Amin", "min"],
  ["TrueDivide", "divide"],
  ["OnesLike", "fullLike"],
  ["Ravel", "reshape"],
  ["ZerosLike", "fullLike"],
]);
