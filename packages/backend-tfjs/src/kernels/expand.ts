import type { StaticShape } from "@lamella/ir";

import type { Handle } from "../device.ts";
import type { Machine } from "../machine.ts";

function sameShape(a: StaticShape, b: StaticShape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** A value broadcast to a shape by a kernel: neighbouring axes that are repeated, or not, are taken as one. */
export function expanded(
  { machine }: { readonly machine: Machine },
  from: StaticShape,
  to: StaticShape,
): (x: Handle) => Handle {
  if (sameShape(from, to)) return (x) => x;
  const padded = [...to.map(() => 1).slice(from.length), ...from];
  const sizes: number[] = [];
  const reps: number[] = [];
  for (const [axis, size] of to.entries()) {
    const rep = padded[axis] === size ? 1 : size;
    const own = padded[axis]!;
    const last = sizes.length - 1;
    const joins = last >= 0 && ((reps[last] === 1 && rep === 1) || (sizes[last] === 1 && own === 1));
    if (joins) {
      sizes[last] = sizes[last]! * own;
      reps[last] = reps[last]! * rep;
    } else {
      sizes.push(own);
      reps.push(rep);
    }
  }
  return (x) => machine.reshape(machine.run("Tile", { x: machine.reshape(x, sizes) }, { reps }), to);
}
