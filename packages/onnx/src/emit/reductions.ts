import type { ReduceAttributes } from "@lamella/ir";

import type { EmitRow, EmitTable } from "./graph.ts";
import { finishWith, kernelDType } from "./kernels.ts";

const reduce =
  (type: string): EmitRow<ReduceAttributes> =>
  (node) => {
    const { axes, keepdims } = node.attributes;
    if (axes.length === 0) return node.finish("Identity", node.wires);
    finishWith(node, type, [node.wires[0]!, node.model.ints(axes)], { keepdims: Number(keepdims) }, [0]);
  };

export const reductions: Pick<
  EmitTable,
  "ReduceSum" | "ReduceMean" | "ReduceMax" | "ArgMax" | "TopK" | "Softmax" | "LogSoftmax" | "MatMul"
> = {
  ReduceSum: reduce("ReduceSum"),
  ReduceMean: reduce("ReduceMean"),
  ReduceMax: reduce("ReduceMax"),
  ArgMax(node) {
    const { axis, keepdims } = node.attributes;
    const [x] = node.inputs;
    const dtype = kernelDType("ArgMax", x!.dtype);
    const wire = dtype === x!.dtype ? x!.wire : node.cast(x!.wire, dtype);
    node.finishCast(node.step("ArgMax", [wire], { axis, keepdims: Number(keepdims) }), "int64");
  },
  TopK(node) {
    const { axis, k, largest } = node.attributes;
    const [x] = node.inputs;
    const dtype = kernelDType("TopK", x!.dtype);
    const wire = dtype === x!.dtype ? x!.wire : node.cast(x!.wire, dtype);
    const [, indices] = node.steps("TopK", [wire, node.model.shape([k])], { axis, largest: Number(largest) }, 2);
    node.finishCast(indices!, "int64");
  },
  Softmax: (node) => finishWith(node, "Softmax", node.wires, { axis: node.attributes.axis }),
  LogSoftmax: (node) => finishWith(node, "LogSoftmax", node.wires, { axis: node.attributes.axis }),
  MatMul: (node) => finishWith(node, "MatMul", node.wires),
};
