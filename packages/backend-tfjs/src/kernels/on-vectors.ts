import { type ReduceAttributes, sizeOf, type StaticShape } from "@lamella/ir";

import { tfDType } from "../dtypes.ts";
import { type Comparison, type Side, summedColumns } from "../wasm/vector-code.ts";
import { chooseVectors, compareVectors, sumRows } from "../wasm/vectors.ts";
import { pairRows } from "./rows.ts";
import type { Compute, Site } from "./site.ts";

/** Whether a side has every element of the result, or one; undefined where it is otherwise broadcast. */
function sideOf(shape: StaticShape, result: StaticShape): Side | undefined {
  if (String(shape) === String(result)) return "each";
  return sizeOf(shape) === 1 && shape.length <= result.length ? "one" : undefined;
}

/** A comparison by functions of our own, where they have it. */
export function vectorCompare({ machine, inputs, outputs }: Site<unknown>, name: Comparison): Compute | undefined {
  const [a, b] = inputs;
  const { shape } = outputs[0]!;
  const right = sideOf(b!.shape, shape);
  if (machine.code === undefined || a!.dtype !== "float32" || sideOf(a!.shape, shape) !== "each") return undefined;
  if (right === undefined) return undefined;
  const size = sizeOf(shape);
  return ([x, y]) => {
    const out = machine.allocate(shape, "bool");
    const done = compareVectors(machine, name, [x!, y!], right, { out, size });
    const [left, others, target] = [x!, y!, out].map((handle) => machine.memory!.view(handle));
    const step = right === "each" ? 1 : 0;
    pairRows[name](left!, done, 1, others!, done * step, step, target!, done, size);
    return out;
  };
}

/** A choice by functions of our own, where they have it. */
export function vectorWhere({ machine, inputs, outputs }: Site<unknown>): Compute | undefined {
  const [condition, then, otherwise] = inputs;
  const { shape } = outputs[0]!;
  const dtype = tfDType(outputs[0]!.dtype);
  const kinds = [sideOf(then!.shape, shape), sideOf(otherwise!.shape, shape)] as const;
  if (machine.code === undefined || dtype === "bool" || sideOf(condition!.shape, shape) !== "each") return undefined;
  const [first, second] = kinds;
  if (first === undefined || second === undefined) return undefined;
  const size = sizeOf(shape);
  return ([x, y, z]) => {
    const out = machine.allocate(shape, dtype);
    const done = chooseVectors(machine, [x!, y!, z!], [first, second], { out, size });
    const [tests, left, right, target] = [x!, y!, z!, out].map((handle) => machine.memory!.view(handle));
    for (let i = done; i < size; i++) {
      target![i] = tests![i] ? left![first === "each" ? i : 0]! : right![second === "each" ? i : 0]!;
    }
    return out;
  };
}

/** Sums over leading axes, or over all, by functions of our own, where they have them. */
export function vectorSum(site: Site<ReduceAttributes>, axes: readonly number[]): Compute | undefined {
  const { machine, inputs, outputs } = site;
  const { shape, dtype } = inputs[0]!;
  const isLeading = axes.every((axis) => axis < axes.length);
  const kept = sizeOf(shape.slice(axes.length));
  const columns = kept === 1 ? summedColumns : kept;
  const rows = sizeOf(shape) / columns;
  if (machine.code === undefined || dtype !== "float32" || !isLeading) return undefined;
  if (columns % summedColumns !== 0 || !Number.isInteger(rows)) return undefined;
  return ([x]) => {
    const sums = sumRows(machine, x!, rows, columns);
    const out = machine.allocate(outputs[0]!.shape, "float32");
    machine.memory!.view(out).set(kept === 1 ? [sums.reduce((a, b) => a + b)] : sums);
    return out;
  };
}
