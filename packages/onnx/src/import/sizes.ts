import { addDim, type Dim, exactDivDim, floorDivDim, mulDim, subDim } from "@lamella/ir";

import { dimsOf, type Known } from "./known.ts";
import type { NodeReader } from "./node-reader.ts";

type Combine = (a: Dim, b: Dim) => Dim | undefined;

/** `undefined` where the result is no dim. */
const arithmetic: Readonly<Record<string, Combine>> = {
  Add: addDim,
  Sub: subDim,
  Mul: mulDim,
  Div: (a, b) => {
    if (b === 0) return undefined;
    return typeof a === "number" && typeof b === "number" ? Math.trunc(a / b) : exactDivDim(a, b);
  },
  Mod: (a, b) => (typeof b === "number" && b > 0 ? subDim(a, mulDim(floorDivDim(a, b), b)) : undefined),
};

/** Operators on lists of sizes, for what the arithmetic does not cover. */
const rearranging: Readonly<Record<string, (node: NodeReader, first: readonly Dim[]) => readonly Dim[] | undefined>> = {
  Identity: (_, first) => first,
  Squeeze: (_, first) => (first.length === 1 ? first : undefined),
  Unsqueeze: (_, first) => (first.length === 1 ? first : undefined),
  Reshape: (_, first) => first,
  Concat: (node) => node.proto.input.flatMap((_, index) => node.dims(index)),
  Gather: (node, first) => {
    const picked = node.numbers(1).map((index) => first.at(index));
    return picked.some((dim) => dim === undefined) ? undefined : (picked as Dim[]);
  },
};

function isScalar(known: Known): boolean {
  return known.kind === "dims" ? known.scalar : known.kind === "constant" && known.tensor.shape.length === 0;
}

function integerDType(known: Known): "int32" | "int64" {
  const dtype = known.kind === "dims" ? known.dtype : known.kind === "constant" ? known.tensor.dtype : undefined;
  return dtype === "int32" ? "int32" : "int64";
}

/** The outcome of a node that only computes sizes; undefined for all others. */
export function sizeResult(node: NodeReader): Known | undefined {
  const { opType, input } = node.proto;
  if (opType === "Shape") {
    const { shape } = node.input(0);
    const dims = shape.slice(node.attributes.int("start", 0), node.attributes.int("end", shape.length));
    return { kind: "dims", dims, scalar: false, dtype: "int64" };
  }
  const known = input.map((name) => (name === "" ? undefined : node.scope.known(name)));
  const lists = known.map((item) => (item === undefined ? undefined : dimsOf(item)));
  const [first] = lists;
  if (first === undefined || lists.includes(undefined) || !known.some((item) => item?.kind === "dims"))
    return undefined;
  const dtype = integerDType(known[0]!);
  if (opType === "Cast") {
    const to = node.attributes.int("to", 0);
    if (to !== 6 && to !== 7) return undefined;
    return { kind: "dims", dims: first, scalar: isScalar(known[0]!), dtype: to === 6 ? "int32" : "int64" };
  }
  const combine = arithmetic[opType];
  if (combine !== undefined) {
    const second = lists[1]!;
    const length = first.length === 1 ? second.length : first.length;
    const dims = Array.from({ length }, (_, i) =>
      combine(first[first.length === 1 ? 0 : i]!, second[second.length === 1 ? 0 : i]!),
    );
    if (dims.includes(undefined)) return undefined;
    return { kind: "dims", dims: dims as Dim[], scalar: known.every((item) => isScalar(item!)), dtype };
  }
  const dims = rearranging[opType]?.(node, first);
  if (dims === undefined) return undefined;
  const scalar =
    opType === "Squeeze" ||
    (opType === "Identity" && isScalar(known[0]!)) ||
    (opType === "Gather" && isScalar(known[1]!)) ||
    (opType === "Reshape" && node.dims(1).length === 0);
  return { kind: "dims", dims, scalar, dtype };
}
