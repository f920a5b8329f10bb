import type { Primitive } from "@lamella/ir";

import { onnxTypes } from "../proto.ts";
import type { EmitRow, EmitTable } from "./graph.ts";
import { finishWith } from "./kernels.ts";

type Plain = Readonly<Record<string, never>>;

const same =
  (type: string): EmitRow<Plain> =>
  (node) =>
    finishWith(node, type, node.wires);

const identity: EmitRow<Plain> = (node) => node.finish("Identity", node.wires);

type Elementwise = Pick<
  EmitTable,
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

export const elementwise: Elementwise = {
  Identity: identity,
  StopGradient: identity,
  Cast: (node) => node.finish("Cast", node.wires, { to: onnxTypes[node.attributes.to] }),

  Neg: same("Neg"),
  Abs: same("Abs"),
  Sign: same("Sign"),
  Floor: same("Floor"),
  Exp: same("Exp"),
  Log: same("Log"),
  Sqrt: same("Sqrt"),
  Sin: same("Sin"),
  Cos: same("Cos"),
  Erf: same("Erf"),
  Tanh: same("Tanh"),
  Sigmoid: same("Sigmoid"),
  /** For float64, which the kernel does not take: max(x, 0) + log(1 + exp(-|x|)). */
  Softplus(node) {
    const [x] = node.inputs;
    if (x!.dtype !== "float64") return node.finish("Softplus", node.wires);
    const decay = node.step("Exp", [node.step("Neg", [node.step("Abs", [x!.wire])])]);
    const rest = node.step("Log", [node.step("Add", [decay, node.scalar("float64", 1)])]);
    node.finish("Add", [node.step("Max", [x!.wire, node.scalar("float64", 0)]), rest]);
  },
  Relu(node) {
    const [x] = node.inputs;
    if (x!.dtype === "int64") node.finish("Max", [x!.wire, node.scalar("int64", 0)]);
    else finishWith(node, "Relu", node.wires);
  },
  Not: same("Not"),

  Add: same("Add"),
  Sub: same("Sub"),
  Mul: same("Mul"),
  Div: same("Div"),
  Pow: same("Pow"),
  Max: same("Max"),
  Min: same("Min"),
  /** ONNX's float Mod takes the sign of the dividend: where that is not the divisor's, one divisor is added. */
  Mod(node) {
    const [a, b] = node.inputs;
    if (a!.dtype !== "float32" && a!.dtype !== "float64" && a!.dtype !== "float16") {
      return finishWith(node, "Mod", node.wires);
    }
    const remainder = node.step("Mod", [a!.wire, b!.wire], { fmod: 1 });
    const signs = node.step("Mul", [node.step("Sign", [remainder]), b!.wire]);
    const differ = node.step("Less", [signs, node.scalar(a!.dtype, 0)]);
    node.finish("Where", [differ, node.step("Add", [remainder, b!.wire]), remainder]);
  },
  Equal: same("Equal"),
  Greater: same("Greater"),
  GreaterOrEqual: same("GreaterOrEqual"),
  Less: same("Less"),
  LessOrEqual: same("LessOrEqual"),
  And: same("And"),
  Or: same("Or"),
  Where: (node) => finishWith(node, "Where", node.wires, {}, [1, 2]),
};
