import type { JsonObject, JsonValue } from "@lamella/ir";

import { isList, isObject } from "../json.ts";
import { isKerasTensor } from "./inbound-nodes.ts";

/** An operation of Keras 3 on tensors, numbers and other operations. */
export interface Step {
  readonly module: string;
  readonly className: string;
  readonly config: JsonObject;
  readonly args: readonly Operand[];
}

/** What an operation is called with; a list stands for one argument that is a list of tensors. */
export type Operand = JsonValue | Step | readonly (JsonValue | Step)[];

/** The call of a TensorFlow function: arguments by TensorFlow's names. */
type Arguments = (name: string) => JsonValue | undefined;

/** Gives the operation, or undefined for arguments that have no counterpart. */
export type Rule = { readonly first: string; readonly translate: (args: Arguments) => Step | undefined };

export const step = (className: string, args: readonly Operand[], config: JsonObject = {}, module = "numpy"): Step => ({
  module: `keras.src.ops.${module}`,
  className,
  config,
  args,
});

export const nn = (className: string, args: readonly Operand[], config: JsonObject = {}): Step =>
  step(className, args, config, "nn");

export const unary = (className: string, first = "x", module = "numpy"): Rule => ({
  first,
  translate: (args) => step(className, [args(first)!], {}, module),
});

export const binary = (className: string): Rule => ({
  first: "x",
  translate: (args) => (args("y") === undefined ? undefined : step(className, [args("x")!, args("y")!])),
});

/** Constants, one for every element of the last axis, however many axes of size 1 there are in front. */
function constantsIn(value: JsonValue | undefined): readonly number[] | undefined {
  if (!isList(value)) return undefined;
  if (value.length > 0 && value.every((item) => typeof item === "number")) return value;
  return value.length === 1 ? constantsIn(value[0]) : undefined;
}

/** What an operation with constants on its left or its right does, as a factor and a summand for every element. */
type Affine = (constants: readonly number[], areLeft: boolean) => { scale: JsonValue; offset: JsonValue } | undefined;

/** Arithmetic. With a list of constants, which operations of Keras 3 do not hold, it is a Rescaling. */
export const arithmetic = (className: string, affine: Affine): Rule => ({
  first: "x",
  translate: (args) => {
    const [x, y] = [args("x"), args("y")];
    if (x === undefined || y === undefined) return undefined;
    if (!isList(x) && !isList(y)) return step(className, [x, y]);
    const [left, right] = [constantsIn(x), constantsIn(y)];
    const constants = left ?? right;
    const config = constants === undefined ? undefined : affine(constants, left !== undefined);
    if (config === undefined) return undefined;
    return { module: "keras.layers", className: "Rescaling", config, args: [left === undefined ? x : y] };
  },
});

export const negated = (values: readonly number[]) => values.map((value) => -value);
export const add = arithmetic("Add", (offset) => ({ scale: 1, offset }));
export const divide = arithmetic("TrueDivide", (values, areLeft) =>
  areLeft ? undefined : { scale: values.map((value) => 1 / value), offset: 0 },
);

/** A reduction over `axis`; all axes when there is none. */
export const reduction = (className: string, extra: JsonObject = {}, module = "numpy"): Rule => ({
  first: "input_tensor",
  translate: (args) => {
    const config = { axis: args("axis") ?? null, keepdims: args("keepdims") ?? args("keep_dims") ?? false, ...extra };
    return step(className, [args("input_tensor")!], config, module);
  },
});

export const isTensorFree = (value: JsonValue | undefined): boolean =>
  !isKerasTensor(value) && !(isList(value) && value.some((item) => !isTensorFree(item)));

export const argReduction = (className: string): Rule => ({
  first: "input",
  translate: (args) =>
    args("output_type") === undefined || JSON.stringify(args("output_type")).includes("int")
      ? step(className, [args("input")!], { axis: args("axis") ?? 0, keepdims: false })
      : undefined,
});

export const squeeze: Rule = {
  first: "input",
  translate: (args) => step("Squeeze", [args("input")!], { axis: args("axis") ?? args("squeeze_dims") ?? null }),
};

export const transpose: Rule = {
  first: "a",
  translate: (args) => step("Transpose", [args("a")!], { axes: args("perm") ?? null }),
};

/** `begin` and `size` as slices; a size of -1 goes to the end. */
export function sliceKeys(begin: JsonValue | undefined, size: JsonValue | undefined): JsonValue[] | undefined {
  if (!isList(begin) || !isList(size) || ![...begin, ...size].every(Number.isInteger)) return undefined;
  return begin.map((start, axis) => {
    const length = Number(size[axis]);
    return { class_name: "__slice__", config: { start, stop: length < 0 ? null : Number(start) + length, step: null } };
  });
}

/** A key of `x[...]`: slices are dictionaries without a class in TensorFlow's layers. */
function sliceKey(key: JsonValue): JsonValue {
  if (!isObject(key)) return key;
  if ("class_name" in key) return { config: {}, ...key };
  const { start = null, stop = null, step: by = null } = key;
  return { class_name: "__slice__", config: { start, stop, step: by } };
}

export const getItem: Rule = {
  first: "tensor",
  translate: (args) => {
    const spec = args("slice_spec");
    const keys = isList(spec) ? spec.map(sliceKey) : [sliceKey(spec ?? null)];
    const isPlain = keys.every((key) => isTensorFree(key) && (!isObject(key) || isTensorFree(key["config"])));
    return isPlain ? step("GetItem", [args("tensor")!, keys]) : undefined;
  },
};

/** Longer lists of places would make as many operations. */
const mostPlaces = 64;

/** Places along an axis: those that a tensor holds, or constants, which are cut out one by one. */
export const gather: Rule = {
  first: "params",
  translate: (args) => {
    const [x, indices] = [args("params")!, args("indices")];
    const axis = args("axis") ?? 0;
    if ((args("batch_dims") ?? 0) !== 0 || indices === undefined || typeof axis !== "number") return undefined;
    if (isKerasTensor(indices)) return step("Take", [x, indices], { axis });
    const places = isList(indices) ? indices : [indices];
    if (places.length === 0 || places.length > mostPlaces || !places.every(Number.isInteger)) return undefined;
    const all = { class_name: "__slice__", config: { start: null, stop: null, step: null } };
    const cut = (key: JsonValue): Step => {
      const before = axis < 0 ? [{ class_name: "__ellipsis__", config: {} }] : Array.from({ length: axis }, () => all);
      return step("GetItem", [x, [...before, key, ...Array.from({ length: axis < 0 ? -1 - axis : 0 }, () => all)]]);
    };
    if (!isList(indices)) return cut(indices);
    const one = (place: number): JsonValue => {
      return { class_name: "__slice__", config: { start: place, stop: place === -1 ? null : place + 1, step: null } };
    };
    return step("Concatenate", [places.map((place) => cut(one(Number(place))))], { axis });
  },
};

export const matmul: Rule = {
  first: "a",
  translate: (args) => {
    const swapped = (x: JsonValue, flag: JsonValue | undefined): JsonValue | Step =>
      flag === true ? step("Swapaxes", [x], { axis1: -2, axis2: -1 }) : x;
    if (args("b") === undefined || args("adjoint_a") === true || args("adjoint_b") === true) return undefined;
    return step("Matmul", [swapped(args("a")!, args("transpose_a")), swapped(args("b")!, args("transpose_b"))]);
  },
};

/** x / sqrt(max(sum(x^2), epsilon)) */
export const l2Normalize: Rule = {
  first: "x",
  translate: (args) => {
    const x = args("x")!;
    const sum = step("Sum", [step("Square", [x])], { axis: args("axis") ?? null, keepdims: true });
    return step("Multiply", [x, step("Rsqrt", [step("Maximum", [sum, args("epsilon") ?? 1e-12])], {}, "math")]);
  },
};

export const resize: Rule = {
  first: "images",
  translate: (args) => {
    const size = args("size");
    const method = args("method") ?? "bilinear";
    if (!isList(size) || !size.every(Number.isInteger) || args("preserve_aspect_ratio") === true) return undefined;
    if (args("antialias") === true || !(method === "bilinear" || method === "nearest")) return undefined;
    const config = { height: size[0]!, width: size[1]!, interpolation: method, data_format: "channels_last" };
    return { module: "keras.layers", className: "Resizing", config, args: [args("images")!] };
  },
};

export const cumsum: Rule = {
  first: "x",
  translate: (args) =>
    args("exclusive") === true || args("reverse") === true
      ? undefined
      : step("Cumsum", [args("x")!], { axis: args("axis") ?? 0, dtype: null }),
};

export const pad: Rule = {
  first: "tensor",
  translate: (args) =>
    ["CONSTANT", undefined].includes(args("mode") as string | undefined) && isTensorFree(args("paddings"))
      ? {
          ...step("Pad", [args("tensor")!], { pad_width: args("paddings") ?? null, mode: "constant" }),
          args: [args("tensor")!, args("constant_values") ?? 0],
        }
      : undefined,
};

/** One argument of TensorFlow's becomes the configuration of the operation. */
export const configured = (
  className: string,
  first: string,
  names: Readonly<Record<string, string>>,
  module = "numpy",
): Rule => ({
  first,
  translate: (args) => {
    const config = Object.fromEntries(Object.entries(names).map(([ours, theirs]) => [ours, args(theirs) ?? null]));
    return Object.values(config).every(isTensorFree) ? step(className, [args(first)!], config, module) : undefined;
  },
});

/** An operation on a list of tensors. */
export const joining = (className: string): Rule => ({
  first: "values",
  translate: (args) => {
    const values = args("values")!;
    return step(className, [isList(values) ? values : [values]], { axis: args("axis") ?? 0 });
  },
});
