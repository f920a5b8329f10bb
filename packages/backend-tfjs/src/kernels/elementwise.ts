import { isFloating, type Primitive, sizeOf } from "@lamella/ir";

import { tfDType } from "../dtypes.ts";
import { expanded } from "./expand.ts";
import { hostBinary, hostPairs, hostUnary, hostWhere, share, wholeOnHost } from "./on-host.ts";
import { type PairRow, pairRow, pairRows } from "./rows.ts";
import type { Site } from "./site.ts";
import type { KernelTable } from "./table.ts";

/** One kernel; in JavaScript for integers and booleans where the memory is at hand. */
const unary = (kernel: string, f: (x: number) => number) => (site: Site<unknown>) => {
  if (wholeOnHost(site)) return hostUnary(site, f);
  return wrapped(site, ([x]) => site.machine.run(kernel, { x: x! }));
};

/**
 * In JavaScript where the memory is at hand: wasm's Sin and Cos are off by two units of 1, which coordinates make large, and
 * its Sign is 0 up to 1e-7.
 */
const precise = (kernel: string, f: (x: number) => number) => (site: Site<unknown>) =>
  site.machine.memory === undefined ? unary(kernel, f)(site) : hostUnary(site, f);

/** Keeps uint8 within its range. */
function wrapped(
  site: Site<unknown>,
  compute: (inputs: Parameters<ReturnType<typeof share>>[0]) => ReturnType<typeof site.machine.run>,
) {
  if (site.outputs[0]!.dtype !== "uint8") return compute;
  const { machine } = site;
  return (inputs: Parameters<typeof compute>[0]) =>
    machine.run("Mod", { a: compute(inputs), b: machine.filled([], "int32", 256) });
}

/** Ranks that all backends broadcast. */
const largestRank = 4;

/** One kernel that broadcasts. */
const kernelBinary = (kernel: string) => (site: Site<unknown>) => {
  const { machine, inputs, outputs } = site;
  const { shape } = outputs[0]!;
  if (shape.length <= largestRank) return wrapped(site, ([a, b]) => machine.run(kernel, { a: a!, b: b! }));
  const [left, right] = inputs.map((input) => expanded(site, input.shape, shape));
  return wrapped(site, ([a, b]) => {
    const flat = [left!(a!), right!(b!)].map((x) => machine.reshape(x, [x.shape.reduce((size, dim) => size * dim, 1)]));
    return machine.reshape(machine.run(kernel, { a: flat[0]!, b: flat[1]! }), shape);
  });
};

/** A kernel for floats; integers in JavaScript where the memory is at hand. */
const binary = (kernel: string, fillRow: PairRow) => (site: Site<unknown>) =>
  wholeOnHost(site) ? hostPairs(site, fillRow) : kernelBinary(kernel)(site);

/** In JavaScript where the memory is at hand: kernels that look up the place of every element are slow. */
const hostly = (kernel: string, fillRow: PairRow) => (site: Site<unknown>) =>
  site.machine.memory === undefined ? kernelBinary(kernel)(site) : hostPairs(site, fillRow);

function floorMod(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** Integers: FloorDiv, and one more where it cut off below zero. */
function truncatingDiv(site: Site<unknown>) {
  const { machine } = site;
  return ([a, b]: Parameters<ReturnType<typeof share>>[0]) => {
    const down = machine.run("FloorDiv", { a: a!, b: b! });
    const product = machine.run("Multiply", { a: down, b: b! });
    const zero = machine.filled([], "int32", 0);
    const negative = machine.run("Less", { a: down, b: zero });
    const rest = machine.run("NotEqual", { a: product, b: a! });
    const correction = machine.run("LogicalAnd", { a: negative, b: rest });
    return machine.run("Add", { a: down, b: machine.cast(correction, "int32") });
  };
}

type Elementwise = Pick<
  KernelTable,
  Extract<
    Primitive,
    | "Identity"
    | "StopGradient"
    | "Cast"
    | "Neg"
    | "Abs"
    | "Sign"
    | "Floor"
    | "Exp"
    | "Log"
    | "Sqrt"
    | "Sin"
    | "Cos"
    | "Erf"
    | "Tanh"
    | "Sigmoid"
    | "Softplus"
    | "Relu"
    | "Not"
    | "Add"
    | "Sub"
    | "Mul"
    | "Div"
    | "Pow"
    | "Max"
    | "Min"
    | "Mod"
    | "Equal"
    | "Greater"
    | "GreaterOrEqual"
    | "Less"
    | "LessOrEqual"
    | "And"
    | "Or"
    | "Where"
  >
>;

/** Functions of single elements, and of pairs that broadcast. */
export const elementwise: Elementwise = {
  Identity: share,
  StopGradient: share,
  /** Floats are cut off on their way to integers, anything but 0 is true. */
  Cast: (site) => {
    const { machine, inputs, outputs } = site;
    const [from, to] = [inputs[0]!.dtype, outputs[0]!.dtype];
    if (to === "bool" && from !== "bool") {
      if (machine.memory !== undefined) return hostUnary(site, (x) => (x === 0 ? 0 : 1));
      return ([x]) => machine.run("NotEqual", { a: x!, b: machine.filled([], tfDType(from), 0) });
    }
    if (to === "uint8" && from !== "bool") {
      if (machine.memory !== undefined) return hostUnary(site, (x) => x);
      return wrapped(site, ([x]) => machine.cast(x!, "int32"));
    }
    if (tfDType(from) === tfDType(to)) return share(site);
    return ([x]) => machine.cast(x!, tfDType(to));
  },

  Neg: unary("Neg", (x) => -x),
  Abs: unary("Abs", Math.abs),
  Sign: precise("Sign", Math.sign),
  Floor: unary("Floor", Math.floor),
  Exp: unary("Exp", Math.exp),
  Log: unary("Log", Math.log),
  Sqrt: unary("Sqrt", Math.sqrt),
  Sin: precise("Sin", Math.sin),
  Cos: precise("Cos", Math.cos),
  Erf:
    (site) =>
    ([x]) =>
      site.machine.run("Erf", { x: x! }),
  Tanh: unary("Tanh", Math.tanh),
  Sigmoid:
    (site) =>
    ([x]) =>
      site.machine.run("Sigmoid", { x: x! }),
  Softplus:
    (site) =>
    ([x]) =>
      site.machine.run("Softplus", { x: x! }),
  Relu: unary("Relu", (x) => Math.max(x, 0)),
  Not: unary("LogicalNot", (x) => 1 - x),

  Add: binary("Add", pairRows.add),
  Sub: binary("Sub", pairRows.sub),
  Mul: binary("Multiply", pairRow(Math.imul)),
  Div: (site) => {
    if (isFloating(site.outputs[0]!.dtype)) return kernelBinary("RealDiv")(site);
    return site.machine.memory === undefined ? truncatingDiv(site) : hostBinary(site, (a, b) => a / b);
  },
  Pow: hostly("Pow", pairRow(Math.pow)),
  Max: binary("Maximum", pairRow(Math.max)),
  Min: binary("Minimum", pairRow(Math.min)),
  Mod: hostly("Mod", pairRow(floorMod)),
  Equal: hostly("Equal", pairRows.equal),
  Greater: hostly("Greater", pairRows.greater),
  GreaterOrEqual: hostly("GreaterEqual", pairRows.greaterOrEqual),
  Less: hostly("Less", pairRows.less),
  LessOrEqual: hostly("LessEqual", pairRows.lessOrEqual),
  And: hostly("LogicalAnd", pairRows.and),
  Or: hostly("LogicalOr", pairRows.or),
  Where: (site) => {
    const { machine, inputs, outputs } = site;
    if (machine.memory !== undefined) return hostWhere(site);
    const expand = inputs.map((input) => expanded(site, input.shape, outputs[0]!.shape));
    return (given) => {
      const { shape } = outputs[0]!;
      const [condition, t, e] = given.map((x, i) => machine.reshape(expand[i]!(x), [sizeOf(shape)]));
      return machine.reshape(machine.run("Select", { condition: condition!, t: t!, e: e! }), shape);
    };
  },
};
