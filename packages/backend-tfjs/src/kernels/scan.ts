import { sizeOf, type StaticShape } from "@lamella/ir";

import type { Handle } from "../device.ts";
import { tfDType } from "../dtypes.ts";
import type { Machine } from "../machine.ts";
import type { KernelTable } from "./table.ts";

/** One slice of the first axis, without that axis. */
function rowOf(machine: Machine, x: Handle, row: number): Handle {
  const shape = x.shape.slice(1);
  const { memory } = machine;
  if (memory === undefined) {
    const begin = x.shape.map((_, axis) => (axis === 0 ? row : 0));
    return machine.reshape(machine.run("Slice", { x }, { begin, size: [1, ...shape] }), shape);
  }
  const size = sizeOf(shape);
  const result = machine.allocate(shape, x.dtype);
  memory.view(result).set(memory.view(x).subarray(row * size, (row + 1) * size));
  return result;
}

/** Slices as one value with a new first axis, whose types are the same. */
function stacked(machine: Machine, slices: readonly Handle[], shape: StaticShape): Handle {
  const { memory } = machine;
  if (memory === undefined) {
    const rows = slices.map((slice) => machine.reshape(slice, [1, ...shape.slice(1)]));
    return rows.length === 1 ? rows[0]! : machine.run("Concat", rows, { axis: 0 });
  }
  const result = machine.allocate(shape, slices[0]!.dtype);
  const view = memory.view(result);
  for (const [i, slice] of slices.entries()) view.set(memory.view(slice), i * sizeOf(shape.slice(1)));
  return result;
}

/** Runs the body once a slice; a Scan over nothing gives its states back. */
export const scan: KernelTable["Scan"] = ({ machine, inputs, outputs, attributes, body }) => {
  const { states, invariants, reverse } = attributes;
  const length = inputs[states + invariants]!.shape[0]!;
  return (given) => {
    const scanned = given.slice(states + invariants);
    const fixed = given.slice(states, states + invariants);
    const parts: Handle[][] = outputs.slice(states).map(() => []);
    let carried = given.slice(0, states);
    for (let step = 0; step < length; step++) {
      const at = reverse ? length - 1 - step : step;
      const keep = machine.scoped(() =>
        body([...carried, ...fixed, ...scanned.map((input) => rowOf(machine, input, at))]),
      );
      for (const handle of keep) machine.adopt(handle);
      if (step > 0) for (const state of carried) machine.discard(state);
      carried = keep.slice(0, states);
      for (const [i, part] of parts.entries()) part[at] = keep[states + i]!;
    }
    const finals = carried.map((state, i) => (length === 0 ? machine.reshape(state, inputs[i]!.shape) : state));
    const stacks = outputs
      .slice(states)
      .map(({ shape, dtype }, i) =>
        length === 0 ? machine.filled(shape, tfDType(dtype), 0) : stacked(machine, parts[i]!, shape),
      );
    return [...finals, ...stacks];
  };
};
