import { type ReduceAttributes, sizeOf } from "@lamella/ir";

import { summedColumns } from "../wasm/vector-code.ts";
import { sumRows } from "../wasm/vectors.ts";
import type { Compute, Site } from "./site.ts";

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
