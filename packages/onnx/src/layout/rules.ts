import {
  type ConvAttributes,
  isFloating,
  type Node,
  normalizeAxis,
  type Primitive,
  type PrimitiveAttributes,
  type PrimitiveOp,
  type PrimitiveTable,
  type ReduceAttributes,
  type ValueId,
  type WindowAttributes,
} from "@lamella/ir";

import { identityPerm, isIdentity, type Perm, permuted, without } from "./perm.ts";
import type { LayoutRewriter } from "./rewriter.ts";

type LayoutRule<A> = (to: LayoutRewriter, node: Node<PrimitiveOp>, attributes: A) => void;
export type LayoutTable = PrimitiveTable<{ [P in Primitive]: LayoutRule<PrimitiveAttributes[P]> }>;

/** The operator takes and gives values as they stood in the old graph. */
const asItWas: LayoutRule<unknown> = (to, node) =>
  to.replace(
    node,
    node.op,
    node.inputs.map((value) => to.get(value)),
  );

/** How inputs of that rank are best stored: as the first that is not in its old order, the largest first. */
function commonPerm(to: LayoutRewriter, node: Node<PrimitiveOp>): Perm {
  const output = to.shapeOf(node.outputs[0]!);
  const sameRank = node.inputs.filter((value) => to.shapeOf(value).length === output.length && !to.isConstant(value));
  const whole = sameRank.filter((value) => to.shapeOf(value).every((dim, axis) => dim === output[axis]));
  const perms = (whole.length > 0 ? whole : sameRank).map((value) => to.first(value).perm);
  return perms.find((perm) => !isIdentity(perm)) ?? identityPerm(output.length);
}

const elementwise: LayoutRule<unknown> = (to, node) => {
  const perm = commonPerm(to, node);
  to.replace(
    node,
    node.op,
    node.inputs.map((value) => to.operand(value, perm)),
    perm,
  );
};

const input = (to: LayoutRewriter, node: Node<PrimitiveOp>) => to.first(node.inputs[0]!);

const reduction =
  (type: "ReduceSum" | "ReduceMean" | "ReduceMax"): LayoutRule<ReduceAttributes> =>
  (to, node, { axes, keepdims }) => {
    const { perm, value } = input(to, node);
    const moved = axes.map((axis) => perm.indexOf(axis)).toSorted((a, b) => a - b);
    const attributes = { axes: moved, keepdims };
    to.replace(node, { type, attributes }, [value], keepdims ? perm : without(perm, axes));
  };

const softmax =
  (type: "Softmax" | "LogSoftmax"): LayoutRule<PrimitiveAttributes["Softmax"]> =>
  (to, node, { axis }) => {
    const { perm, value } = input(to, node);
    const moved = perm.indexOf(normalizeAxis(axis, perm.length));
    to.replace(node, { type, attributes: { axis: moved } }, [value], perm);
  };

/** The channels-first order of a channels-last tensor. */
function dataPerm(rank: number): Perm {
  return [0, rank - 1, ...identityPerm(rank - 2).map((axis) => axis + 1)];
}
/** The channels-first order of a channels-last convolution weight: (spatial..., in, out) as (out, in, spatial...). */
function weightPerm(rank: number): Perm {
  return [rank - 1, rank - 2, ...identityPerm(rank - 2)];
}

const first = { layout: "channelsFirst" } as const;

/** A rule for channels-last operators. Those that have their channels first stay as they were. */
const spatial =
  <A extends WindowAttributes>(
    rewrite: (attributes: A, data: Perm, weight: Perm) => PrimitiveOp,
    inputs: readonly ("data" | "weight")[],
    output: "data" | "weight" = "data",
  ): LayoutRule<A> =>
  (to, node, attributes) => {
    if (attributes.layout === "channelsFirst") return asItWas(to, node, attributes);
    const { length } = to.shapeOf(node.inputs[0]!);
    const perms = { data: dataPerm(length), weight: weightPerm(length) };
    const operands = node.inputs.map((value: ValueId, i) => to.get(value, perms[inputs[i]!]));
    to.replace(node, rewrite(attributes, perms.data, perms.weight), operands, perms[output]);
  };

const data = ["data", "data", "data"] as const;

export const layoutTable: LayoutTable = {
  Constant: asItWas,
  DimSize: asItWas,
  Range: asItWas,
  RandomBits: asItWas,
  Reshape: asItWas,
  MatMul: asItWas,
  ScatterND: asItWas,

  Identity: elementwise,
  StopGradient: elementwise,
  /** Integers are cast before they are transposed: ONNX Runtime 1.30 crashes where it fuses Transpose, Cast and MatMul. */
  Cast(to, node) {
    const [x] = node.inputs;
    const forms = to.forms(x!);
    const { perm, value } = isFloating(to.source.values[x!]!.dtype) ? forms[0]! : forms.at(-1)!;
    to.replace(node, node.op, [value], perm);
  },
  Neg: elementwise,
  Abs: elementwise,
  Sign: elementwise,
  Floor: elementwise,
  Exp: elementwise,
  Log: elementwise,
  Sqrt: elementwise,
  Sin: elementwise,
  Cos: elementwise,
  Erf: elementwise,
  Tanh: elementwise,
  Sigmoid: elementwise,
  Softplus: elementwise,
  Relu: elementwise,
  Not: elementwise,
  Add: elementwise,
  Sub: elementwise,
  Mul: elementwise,
  Div: elementwise,
  Pow: elementwise,
  Max: elementwise,
  Min: elementwise,
  Mod: elementwise,
  Equal: elementwise,
  Greater: elementwise,
  GreaterOrEqual: elementwise,
  Less: elementwise,
  LessOrEqual: elementwise,
  And: elementwise,
  Or: elementwise,
  Where: elementwise,

  ReduceSum: reduction("ReduceSum"),
  ReduceMean: reduction("ReduceMean"),
  ReduceMax: reduction("ReduceMax"),
  ArgMax(to, node, { axis, keepdims }) {
    const { perm, value } = input(to, node);
    const reduced = normalizeAxis(axis, perm.length);
    const attributes = { axis: perm.indexOf(reduced), keepdims };
    to.replace(node, { type: "ArgMax", attributes }, [value], keepdims ? perm : without(perm, [reduced]));
  },
  TopK(to, node, { axis, ...rest }) {
    const { perm, value } = input(to, node);
    const at = perm.indexOf(normalizeAxis(axis, perm.length));
    to.replace(node, { type: "TopK", attributes: { axis: at, ...rest } }, [value], perm);
  },
  Softmax: softmax("Softmax"),
  LogSoftmax: softmax("LogSoftmax"),

  /** A Transpose of what is stored in another order, or comes from such a Transpose, only says what the axes are called. */
  Transpose(to, node, { perm: q }) {
    const [x] = node.inputs;
    const [output] = node.outputs;
    const renamed = to.forms(x!).map(({ perm, value }) => ({ perm: perm.map((axis) => q.indexOf(axis)), value }));
    if (!isIdentity(to.first(x!).perm) || to.isRenamed(x!)) return to.rename(output!, renamed);
    asItWas(to, node, undefined);
    to.setForms(output!, [...to.forms(output!), ...renamed]);
  },
  Expand(to, node, { shape }) {
    const { perm, value } = input(to, node);
    if (perm.length !== shape.length || isIdentity(perm)) return asItWas(to, node, undefined);
    to.replace(node, { type: "Expand", attributes: { shape: permuted(shape, perm) } }, [value], perm);
  },
  Concat(to, node, { axis }) {
    const sizes = node.inputs.filter((value) => !to.isConstant(value)).map((value) => to.first(value).perm);
    const perm = sizes.find((candidate) => !isIdentity(candidate)) ?? to.first(node.inputs[0]!).perm;
    const inputs = node.inputs.map((value) => to.get(value, perm));
    to.replace(
      node,
      { type: "Concat", attributes: { axis: perm.indexOf(normalizeAxis(axis, perm.length)) } },
      inputs,
      perm,
    );
  },
  Slice(to, node, { starts, ends, steps }) {
    const { perm, value } = input(to, node);
    const attributes = {
      starts: permuted(starts, perm),
      ends: permuted(ends, perm),
      steps: permuted(steps, perm),
    };
    to.replace(node, { type: "Slice", attributes }, [value], perm);
  },
  Pad(to, node, { pads, value: fill }) {
    const { perm, value } = input(to, node);
    const rank = perm.length;
    const moved = [...permuted(pads.slice(0, rank), perm), ...permuted(pads.slice(rank), perm)];
    to.replace(node, { type: "Pad", attributes: { pads: moved, value: fill } }, [value], perm);
  },
  Gather(to, node, { axis }) {
    const { perm, value } = input(to, node);
    const indices = to.get(node.inputs[1]!);
    const rank = to.shapeOf(node.inputs[1]!).length;
    const at = normalizeAxis(axis, perm.length);
    const output = perm.flatMap((from) => {
      if (from === at) return Array.from({ length: rank }, (_, i) => at + i);
      return from < at ? from : from + rank - 1;
    });
    to.replace(node, { type: "Gather", attributes: { axis: perm.indexOf(at) } }, [value, indices], output);
  },

  Conv: spatial((old) => ({ type: "Conv", attributes: { ...old, ...first } }), ["data", "weight"]),
  ConvInputGrad: spatial(
    (old: PrimitiveAttributes["ConvInputGrad"], perm) => {
      const attributes = { ...old, ...first, inputShape: permuted(old.inputShape, perm) };
      return { type: "ConvInputGrad", attributes };
    },
    ["data", "weight"],
  ),
  /** Its output goes to the optimizer, whose state is stored as it always was. */
  ConvWeightGrad(to, node, attributes) {
    const rule = spatial(
      (old: PrimitiveAttributes["ConvWeightGrad"], _, perm) => {
        const rewritten: ConvAttributes = { ...old, ...first };
        return {
          type: "ConvWeightGrad",
          attributes: { ...rewritten, weightShape: permuted(old.weightShape, perm) },
        };
      },
      data,
      "weight",
    );
    rule(to, node, attributes);
    const [output] = node.outputs;
    to.get(output!);
    to.setForms(output!, to.forms(output!).toReversed());
  },
  MaxPool: spatial((old) => ({ type: "MaxPool", attributes: { ...old, ...first } }), data),
  MaxPoolGrad: spatial((old) => ({ type: "MaxPoolGrad", attributes: { ...old, ...first } }), data),
  AveragePool: spatial((old) => ({ type: "AveragePool", attributes: { ...old, ...first } }), data),
  AveragePoolGrad: spatial((old: PrimitiveAttributes["AveragePoolGrad"], perm) => {
    const attributes = { ...old, ...first, inputShape: permuted(old.inputShape, perm) };
    return { type: "AveragePoolGrad", attributes };
  }, data),

  Scan: (to, node, attributes) => {
    const op: PrimitiveOp = { type: "Scan", attributes: { ...attributes, body: to.inner(attributes.body) } };
    to.replace(
      node,
      op,
      node.inputs.map((value) => to.get(value)),
    );
  },
};
