import {
  inferOutputs,
  LamellaError,
  locate,
  type Node,
  type PrimitiveGraph,
  type PrimitiveOp,
  type Tensor,
  type ValueId,
} from "@lamella/ir";

import { expectShape, type Kernel, type Program, type StaticType } from "./kernel.ts";
import { kernels } from "./kernels.ts";
import { pick } from "./strides.ts";

interface Step {
  readonly name: string;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** The values nobody needs after this step. */
  readonly released: readonly ValueId[];
  compute(inputs: readonly Tensor[]): readonly Tensor[];
}

/** For every step, in their order, the values that it is the last to use, or that nobody uses; all but those that are kept. */
export function lastUses(
  steps: readonly Pick<Step, "inputs" | "outputs">[],
  kept: Iterable<ValueId>,
): readonly (readonly ValueId[])[] {
  const used = new Set(kept);
  const released = steps.toReversed().map(({ inputs, outputs }) => {
    const last = [...new Set([...inputs, ...outputs])].filter((id) => !used.has(id));
    for (const id of last) used.add(id);
    return last;
  });
  return released.toReversed();
}

/** The types of all values. Where a symbolic size came out below 0 there is nothing. */
function staticTypes(graph: PrimitiveGraph): readonly StaticType[] {
  return graph.values.map(({ shape, dtype }) => ({ shape: shape.map((dim) => Math.max(0, Number(dim))), dtype }));
}

/** Checks that the declared types of a node's outputs are what its inputs give. */
function checkTypes({ op, inputs, outputs }: Node<PrimitiveOp>, types: readonly StaticType[]): readonly StaticType[] {
  const inferred = inferOutputs(op.type, pick(types, inputs), op.attributes);
  const declared = pick(types, outputs);
  for (const [i, { shape, dtype }] of declared.entries()) {
    expectShape(`Output ${i}`, shape, inferred[i]!.shape);
    if (dtype !== inferred[i]!.dtype) {
      throw new LamellaError("dtype", {
        problem: `Output ${i} has the wrong dtype.`,
        expected: inferred[i]!.dtype,
        received: dtype,
      });
    }
  }
  return declared;
}

function noBody(): never {
  throw new LamellaError("graph", { problem: "Only a Scan has a body." });
}

function compileNode(node: Node<PrimitiveOp>, types: readonly StaticType[], name: string): Step["compute"] {
  const { op } = node;
  const outputs = checkTypes(node, types);
  const kernel = kernels[op.type] as Kernel<unknown>;
  const body = op.type === "Scan" ? compileProgram(op.attributes.body, `${name}/`) : noBody;
  return (inputs) => {
    const result = kernel(inputs, op.attributes, outputs, body);
    return "data" in result ? [result] : result;
  };
}

/** Prepares a graph in which every dim is a number. Values are let go after their last use. Errors name the node. */
export function compileProgram(graph: PrimitiveGraph, path = ""): Program {
  const released = lastUses(
    graph.nodes,
    graph.outputs.map(({ value }) => value),
  );
  const types = staticTypes(graph);
  const steps = graph.nodes.map((node, i): Step => {
    const name = path + node.name;
    const compute = locate(name, () => compileNode(node, types, name));
    return { name, inputs: node.inputs, outputs: node.outputs, released: released[i]!, compute };
  });
  return (inputs) => {
    const values: (Tensor | undefined)[] = [];
    for (const [i, { value }] of graph.inputs.entries()) values[value] = inputs[i];
    for (const step of steps) {
      const operands = step.inputs.map((id) => values[id]!);
      const results = locate(step.name, () => step.compute(operands));
      for (const [i, id] of step.outputs.entries()) values[id] = results[i];
      for (const id of step.released) values[id] = undefined;
    }
    return graph.outputs.map(({ value }) => values[value]!);
  };
}
