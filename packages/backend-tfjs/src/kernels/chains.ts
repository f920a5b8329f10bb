import { type Node, type PrimitiveOp, sizeOf, type StaticShape, type ValueId } from "@lamella/ir";

import { tfDType } from "../dtypes.ts";
import type { Machine } from "../machine.ts";
import { type Chain, isChainOperation, type Side } from "../wasm/chain-code.ts";
import type { Compute, StaticType } from "./site.ts";

type TypeOf = (value: ValueId) => StaticType;

/** Rows that are shorter go by too slowly. */
const shortestRow = 4;

/** A side of a broadcast, and the length of its row; undefined where it is none that chains know. */
function sideOf(shape: StaticShape, result: StaticShape): { readonly side: Side; readonly width?: number } | undefined {
  if (String(shape) === String(result)) return { side: "each" };
  if (shape.length > result.length) return undefined;
  const width = sizeOf(shape);
  if (width === 1) return { side: "one" };
  const sizes = shape.slice(shape.findIndex((size) => size !== 1));
  const isRow = width >= shortestRow && String(sizes) === String(result.slice(result.length - sizes.length));
  return isRow ? { side: "row", width } : undefined;
}

/** What chains a node can be part of: all elements of one shape, with rows of one length where rows are repeated. */
export interface Link {
  readonly shape: StaticShape;
  readonly width: number | undefined;
}

/** What takes conditions; all else but Where takes floats. */
const ofConditions: ReadonlySet<string> = new Set(["Not", "And", "Or"]);

/** How a node is part of a chain; undefined where it is not. */
export function linkOf({ op, inputs, outputs }: Node<PrimitiveOp>, typeOf: TypeOf): Link | undefined {
  if (!isChainOperation(op.type)) return undefined;
  const { shape, dtype } = typeOf(outputs[0]!);
  const given = inputs.map(typeOf);
  const isKnown =
    op.type === "Where"
      ? dtype !== "bool"
      : given.every((type) => type.dtype === (ofConditions.has(op.type) ? "bool" : "float32"));
  if (!isKnown || sizeOf(shape) === 0) return undefined;
  const sides = given.map((type) => sideOf(type.shape, shape));
  if (sides.includes(undefined)) return undefined;
  const widths = new Set(sides.flatMap((side) => side!.width ?? []));
  return widths.size > 1 ? undefined : { shape, width: [...widths][0] };
}

/** Computes a chain of nodes of one shape, in their order: from these values to these. */
export function chainOf(
  machine: Machine,
  nodes: readonly Node<PrimitiveOp>[],
  {
    inputs,
    outputs,
    typeOf,
  }: { readonly inputs: readonly ValueId[]; readonly outputs: readonly ValueId[]; readonly typeOf: TypeOf },
): Compute {
  const isBool = (id: ValueId) => typeOf(id).dtype === "bool";
  const { shape } = typeOf(nodes[0]!.outputs[0]!);
  const numbers = new Map([...inputs, ...nodes.map((node) => node.outputs[0]!)].map((id, i) => [id, i]));
  const sides = inputs.map((id) => sideOf(typeOf(id).shape, shape)!);
  const chain: Chain = {
    inputs: inputs.map((id, i) => ({ side: sides[i]!.side, isBool: isBool(id) })),
    steps: nodes.map(({ op, inputs: taken }) => {
      const operands = taken.map((id) => numbers.get(id)!);
      const operation = op.type as Chain["steps"][number]["operation"];
      return { operation, operands: operation === "Where" ? [...operands.slice(1), operands[0]!] : operands };
    }),
    outputs: outputs.map((id) => ({ value: numbers.get(id)!, isBool: isBool(id) })),
  };
  const { address, chain: compiled } = machine.code!;
  const run = compiled(chain);
  const size = sizeOf(shape);
  const width = sides.find((side) => side.width !== undefined)?.width ?? size;
  const dtypes = outputs.map((id) => tfDType(typeOf(id).dtype));
  return (given) => {
    const results = dtypes.map((dtype) => machine.allocate(shape, dtype));
    run(...[...given, ...results].map(address), size / width, width);
    return results;
  };
}
