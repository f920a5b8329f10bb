import {
  Abs,
  ArgMax,
  Cast,
  elementwisePrimitives,
  fromNumbers,
  LogSoftmax,
  Mod,
  Mul,
  type PlainPrimitive,
  Range,
  type ReduceAttributes,
  ReduceMax,
  ReduceMean,
  ReduceSum,
  Sign,
  Softmax,
  Tensor,
  type Tracer,
  takeAlong,
  TopK,
} from "@lamella/ir";

import { dtypeOf } from "../proto.ts";
import type { ImportRow, NodeReader } from "./node-reader.ts";
import { readTensor } from "./proto-reader.ts";

/** ONNX operators that are primitives without attributes. */
const plain: readonly PlainPrimitive[] = ["Identity", ...elementwisePrimitives, "MatMul"];

const reduce =
  (operator: (x: Tracer, options: Partial<ReduceAttributes>) => Tracer): ImportRow =>
  (node) => {
    const keepdims = node.attributes.int("keepdims", 1) === 1;
    return operator(node.input(0), node.has(1) ? { axes: node.numbers(1), keepdims } : { keepdims });
  };

const axis = (node: NodeReader, otherwise: number) => node.attributes.int("axis", otherwise);

export const elementwiseRows: Readonly<Record<string, ImportRow>> = {
  ...Object.fromEntries(
    plain.map((type): [string, ImportRow] => [type, (node) => node.builder.emit(type, node.inputs(), {})]),
  ),
  Constant: (node) => {
    const tensor = node.attributes.tensor("value");
    if (tensor === undefined) throw node.unsupported("Only 'value' is read.");
    return [{ kind: "constant", tensor: readTensor(tensor) }];
  },
  Cast: (node) => {
    const to = dtypeOf(node.attributes.int("to", 0));
    if (to === undefined) throw node.unsupported("The dtype has no counterpart.");
    return Cast(node.input(0), to);
  },
  /** With fmod, the remainder takes the sign of the dividend. */
  Mod: (node) => {
    const [a, b] = [node.input(0), node.input(1)];
    return node.attributes.int("fmod", 0) === 0 ? Mod(a, b) : Mul(Sign(a), Mod(Abs(a), Abs(b)));
  },
  Range: (node) => {
    const [start, step] = [node.numbers(0), node.numbers(2)];
    if (start[0] !== 0 || step[0] !== 1) throw node.unsupported("It must count from 0 in steps of 1.");
    const range = Range(node.builder, node.dims(1)[0]!);
    const limit = node.known(1);
    return Cast(range, limit.kind === "dims" ? limit.dtype : node.input(1).dtype);
  },
  ReduceSum: reduce(ReduceSum),
  ReduceMean: reduce(ReduceMean),
  ReduceMax: reduce(ReduceMax),
  ArgMax: (node) => Cast(ArgMax(node.input(0), axis(node, 0), node.attributes.int("keepdims", 1) === 1), "int64"),
  TopK: (node) => {
    const x = node.input(0);
    const along = axis(node, -1);
    const indices = TopK(x, along, node.dims(1)[0]!, node.attributes.int("largest", 1) === 1);
    return [takeAlong(x, indices, along), Cast(indices, "int64")];
  },
  Softmax: (node) => Softmax(node.input(0), axis(node, -1)),
  LogSoftmax: (node) => LogSoftmax(node.input(0), axis(node, -1)),
  ConstantOfShape: (node) => {
    const tensor = node.attributes.tensor("value");
    const fill = tensor === undefined ? new Tensor("float32", [1], fromNumbers("float32", [0])) : readTensor(tensor);
    const scalar = node.builder.constant(fill.reshape([]));
    return node.builder.emit("Expand", [scalar], { shape: node.dims(0) });
  },
};
