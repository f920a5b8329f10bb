import { sizeOf, type StaticShape } from "@lamella/ir";

import type { Handle } from "../device.ts";
import { tfDType } from "../dtypes.ts";
import type { Machine } from "../machine.ts";
import type { KernelTable } from "./table.ts";

/** What gives a slice of the first axis, without that axis. */
function rowsOf(machine: Machine, x: Handle): (row: number) => Handle {
  if (machine.memory !== undefined) return (row) => rowOf(machine, x, row);
  // All at once: a kernel costs more than what it does for one row.
  const rows = machine.runAll("Unpack", { value: x }, { axis: 0 });
  return (row) => rows[row]!;
}

/** One slice of the first axis, without that axis. */
function rowOf(machine: Machine, x: Handle, row: number): Handle {
  const shape = x.shape.slice(1);
  const memory = machine.memory!;
  const size = sizeOf(shape);
  const result = machine.allocate(shape, x.dtype);
  memory.view(result).set(memory.view(x).subarray(row * size, (row + 1) * size));
  return result;
}

/** Slices as one value with a new first axis, whose types are the same. */
function stacked(machine: Machine, slices: readonly Handle[], shape: StaticShape): Handle {
  const { memory } = machine;
  if (memory === undefined) return machine.run("Pack", slices, { axis: 0 });
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
    const scanned = length === 0 ? [] : given.slice(states + invariants).map((input) => rowsOf(machine, input));
    const fixed = given.slice(states, states + invariants);
    const parts: Handle[][] = outputs.slice(states).map(() => []);
    let carried = given.slice(0, states);
    for (let step = 0; step < length; step++) {
      const at = reverse ? length - 1 - step : step;
      const keep = machine.scoped(() => body([...carried, ...fixed, ...scanned.map((row) => row(at))]));
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
