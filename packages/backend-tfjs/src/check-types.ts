import { formatShape, inferOutputs, LamellaError, type PrimitiveOp, type ScanAttributes } from "@lamella/ir";

import type { StaticType } from "./kernels/site.ts";

function expectType(what: string, actual: StaticType | undefined, expected: StaticType | undefined): void {
  const text = (type: StaticType | undefined) =>
    type === undefined ? "nothing" : `${type.dtype} of shape ${formatShape(type.shape)}`;
  if (text(actual) === text(expected)) return;
  const isShape = actual?.dtype === expected?.dtype;
  throw new LamellaError(isShape ? "shape" : "dtype", {
    problem: `${what} has the wrong ${isShape ? "shape" : "dtype"}.`,
    expected: text(expected),
    received: text(actual),
  });
}

/** Where a symbolic size comes out below 0, there is nothing. */
export function staticType({
  shape,
  dtype,
}: {
  readonly shape: readonly unknown[];
  readonly dtype: StaticType["dtype"];
}): StaticType {
  return { shape: shape.map((dim) => Math.max(0, Number(dim))), dtype };
}

/** Checks that the declared types of a node's outputs are those that its inputs give. @throws LamellaError `shape` or `dtype` */
export function checkTypes(op: PrimitiveOp, inputs: readonly StaticType[], declared: readonly StaticType[]): void {
  const inferred = inferOutputs(op.type, inputs, op.attributes).map(staticType);
  for (const [i, type] of declared.entries()) expectType(`Output ${i}`, type, inferred[i]);
  if (op.type === "Scan") checkScan(inputs, op.attributes);
}

/** The body takes what the node gives it, and every state leaves a step as it entered. */
function checkScan(inputs: readonly StaticType[], { body, states, invariants }: ScanAttributes): void {
  const typeOf = (value: number) => staticType(body.values[value]!);
  for (const [i, { name, value }] of body.inputs.entries()) {
    const { shape, dtype } = inputs[i]!;
    const given = i < states + invariants ? inputs[i]! : { shape: shape.slice(1), dtype };
    expectType(`What the body takes as '${name}'`, given, typeOf(value));
  }
  for (let i = 0; i < states; i++) {
    expectType(`State ${i} after a step`, typeOf(body.outputs[i]!.value), inputs[i]);
  }
}
