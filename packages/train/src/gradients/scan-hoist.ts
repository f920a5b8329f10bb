import { MatMul, mulDim, ReduceSum, Reshape, type Tracer, Transpose } from "@lamella/ir";

import { asMatrix } from "./matmul-gradient.ts";
import { producerOf } from "./producer.ts";

/** The sum of a value over all steps of a loop, computed once after the loop from values stacked by steps. */
export interface AfterLoop {
  /** What has to be stacked. */
  readonly operands: readonly Tracer[];
  readonly compute: (stacks: readonly Tracer[]) => Tracer;
}

function inputOf(value: Tracer, type: "Transpose" | "Reshape"): Tracer | undefined {
  const node = producerOf(value);
  return node?.op.type === type ? value.builder.tracer(node.inputs[0]!) : undefined;
}

/** The matrices of a stack side by side: [steps, n, b] to [n, steps * b]. */
function sideBySide(stack: Tracer): Tracer {
  const [steps, rows, columns] = stack.shape;
  return Reshape(Transpose(stack, [1, 0, 2]), [rows!, mulDim(steps!, columns!)]);
}

/** One product over all steps and rows instead of one product and one sum a step. */
function productAfterLoop(left: Tracer, right: Tracer): AfterLoop | undefined {
  if (left.rank !== 2 || right.rank !== 2) return undefined;
  const untransposed = inputOf(left, "Transpose");
  if (untransposed === undefined) {
    return { operands: [left, right], compute: ([a, b]) => MatMul(sideBySide(a!), asMatrix(b!)) };
  }
  return {
    operands: [untransposed, right],
    compute: ([a, b]) => MatMul(Transpose(asMatrix(a!), [1, 0]), asMatrix(b!)),
  };
}

/** How to sum a value over all steps after the loop; undefined where the loop should add it up itself. */
export function afterLoop(value: Tracer, varies: (operand: Tracer) => boolean): AfterLoop | undefined {
  const node = producerOf(inputOf(value, "Reshape") ?? value);
  if (node === undefined) return undefined;
  const operands = node.inputs.map((id) => value.builder.tracer(id));
  if (!operands.every(varies)) return undefined;
  let plan: AfterLoop | undefined;
  if (node.op.type === "MatMul") plan = productAfterLoop(operands[0]!, operands[1]!);
  if (node.op.type === "ReduceSum") {
    const axes = [0, ...node.op.attributes.axes.map((axis) => axis + 1)];
    plan = { operands, compute: ([stack]) => ReduceSum(stack!, { axes }) };
  }
  if (plan === undefined) return undefined;
  const { compute } = plan;
  return { operands: plan.operands, compute: (stacks) => Reshape(compute(stacks), value.shape) };
}
