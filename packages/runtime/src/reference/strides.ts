import { sizeOf, type StaticShape } from "@lamella/ir";

/** How far apart neighbours along each axis are in row-major order. */
export function stridesOf(shape: StaticShape): readonly number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** Strides that read a tensor as if it had been broadcast to another shape. */
export function broadcastStrides(shape: StaticShape, to: StaticShape): readonly number[] {
  const own = stridesOf(shape);
  const missing = to.length - shape.length;
  return to.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : own[axis - missing]!));
}

/** Where the elements of a strided block lie, in the block's row-major order. */
export function offsetsOf(shape: StaticShape, strides: readonly number[], base = 0): Int32Array {
  let offsets = Int32Array.of(base);
  for (const [axis, size] of shape.entries()) {
    const stride = strides[axis]!;
    const next = new Int32Array(offsets.length * size);
    let at = 0;
    for (const offset of offsets) {
      for (let i = 0; i < size; i++) next[at++] = offset + i * stride;
    }
    offsets = next;
  }
  return offsets;
}

export function pick<T>(list: readonly T[], axes: readonly number[]): T[] {
  return axes.map((axis) => list[axis]!);
}

/** The axes that are not in the list. */
export function otherAxes(rank: number, axes: readonly number[]): number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis));
}
