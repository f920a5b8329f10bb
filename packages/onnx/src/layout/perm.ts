import { allocate, type Shape, sizeOf, Tensor } from "@lamella/ir";

/** How the axes of a stored tensor stand: its axis i is axis perm[i] of the value that it stores. */
export type Perm = readonly number[];

export function identityPerm(rank: number): Perm {
  return Array.from({ length: rank }, (_, i) => i);
}

export function isIdentity(perm: Perm): boolean {
  return perm.every((axis, i) => axis === i);
}

export function samePerm(a: Perm, b: Perm): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}

/** The list, one entry an axis, in the order of the stored axes. */
export function permuted<T>(list: readonly T[], perm: Perm): T[] {
  return perm.map((axis) => list[axis]!);
}

/** The Transpose that turns what is stored as `from` into what is stored as `to`. */
export function between(from: Perm, to: Perm): Perm {
  return to.map((axis) => from.indexOf(axis));
}

/** The perm of a value with some axes taken out. */
export function without(perm: Perm, axes: readonly number[]): Perm {
  const rest = perm.filter((axis) => !axes.includes(axis));
  const sorted = rest.toSorted((a, b) => a - b);
  return rest.map((axis) => sorted.indexOf(axis));
}

/** Whether a Transpose moves axes of size 1 only, past the others, so that no element moves. */
export function movesNothing(shape: Shape, perm: Perm): boolean {
  const moved = perm.filter((axis) => shape[axis] !== 1);
  return moved.every((axis, i) => i === 0 || axis > moved[i - 1]!);
}

/** The tensor with its axes in another order. */
export function transposeTensor(tensor: Tensor, perm: Perm): Tensor {
  const shape = permuted(tensor.shape, perm);
  if (movesNothing(tensor.shape, perm)) return tensor.reshape(shape);
  const strides = tensor.shape.map((_, axis) => sizeOf(tensor.shape.slice(axis + 1)));
  const steps = permuted(strides, perm);
  const data = allocate(tensor.dtype, tensor.size);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    data[to] = tensor.data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= steps[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return new Tensor(tensor.dtype, shape, data);
}
