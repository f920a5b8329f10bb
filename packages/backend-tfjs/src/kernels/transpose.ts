import type { StaticShape } from "@lamella/ir";

import type { Handle } from "../device.ts";
import type { Machine } from "../machine.ts";

/** The same permutation with axes of one element left out, and with neighbours that stay neighbours as one axis. */
function joined(shape: StaticShape, perm: readonly number[]): { readonly sizes: number[]; readonly order: number[] } {
  const runs: number[][] = [];
  for (const axis of perm.filter((i) => shape[i] !== 1)) {
    const run = runs.at(-1);
    const next = shape.findIndex((size, i) => run !== undefined && i > run.at(-1)! && size !== 1);
    if (run !== undefined && next === axis) run.push(axis);
    else runs.push([axis]);
  }
  const sorted = runs.toSorted((a, b) => a[0]! - b[0]!);
  return {
    sizes: sorted.map((run) => run.reduce((size, axis) => size * shape[axis]!, 1)),
    order: runs.map((run) => sorted.indexOf(run)),
  };
}

/** Transposes values of a shape, by as few axes as will do. The result may be the value itself when nothing moves. */
export function transposed(machine: Machine, shape: StaticShape, perm: readonly number[]): (x: Handle) => Handle {
  const { sizes, order } = joined(shape, perm);
  const result = perm.map((axis) => shape[axis]!);
  if (order.every((axis, i) => axis === i)) {
    return result.every((size, axis) => size === shape[axis]) ? (x) => x : (x) => machine.reshape(x, result);
  }
  return (x) => {
    const isFloat = x.dtype === "float32" || !machine.looseIntegers;
    const given = machine.reshape(isFloat ? x : machine.cast(x, "float32"), sizes);
    const turned = machine.run("Transpose", { x: given }, { perm: order });
    return machine.reshape(isFloat ? turned : machine.cast(turned, x.dtype), result);
  };
}
