import {
  allocate,
  fromNumbers,
  LamellaError,
  type PrimitiveAttributes,
  sizeOf,
  type StaticShape,
  Tensor,
} from "@lamella/ir";

import type { StaticAttributes } from "../specialize.ts";
import { cellsOf, type Kernel, type StaticType } from "./kernel.ts";
import { broadcastStrides, offsetsOf, pick, stridesOf } from "./strides.ts";

/** A tensor of the elements at the given offsets. */
function gathered(x: Tensor, { shape }: Pick<StaticType, "shape">, offsets: Int32Array): Tensor {
  const from = cellsOf(x.data);
  const data = allocate(x.dtype, offsets.length);
  const to = cellsOf(data);
  for (let i = 0; i < offsets.length; i++) to[i] = from[offsets[i]!]!;
  return new Tensor(x.dtype, shape, data);
}

/** The tensor broadcast to a shape it is known to fit. */
export function expanded(x: Tensor, shape: StaticShape): Tensor {
  if (x.shape.length === shape.length && x.shape.every((size, axis) => size === shape[axis])) return x;
  return gathered(x, { shape }, offsetsOf(shape, broadcastStrides(x.shape, shape)));
}

export const expand: Kernel<unknown> = ([x], _, [type]) => expanded(x!, type!.shape);

export const reshape: Kernel<unknown> = ([x], _, [type]) => x!.reshape(type!.shape);

export const transpose: Kernel<PrimitiveAttributes["Transpose"]> = ([x], { perm }, [type]) =>
  gathered(x!, type!, offsetsOf(type!.shape, pick(stridesOf(x!.shape), perm)));

/** Copies a block of `from`, as large as `shape`, into a block of `to`. */
function copyBlock(
  shape: StaticShape,
  from: { readonly tensor: Tensor; readonly base: number },
  to: { readonly tensor: Tensor; readonly base: number },
): void {
  const source = cellsOf(from.tensor.data);
  const target = cellsOf(to.tensor.data);
  const read = offsetsOf(shape, stridesOf(from.tensor.shape), from.base);
  const write = offsetsOf(shape, stridesOf(to.tensor.shape), to.base);
  for (let i = 0; i < read.length; i++) target[write[i]!] = source[read[i]!]!;
}

function empty({ shape, dtype }: StaticType): Tensor {
  return new Tensor(dtype, shape, allocate(dtype, sizeOf(shape)));
}

export const concat: Kernel<PrimitiveAttributes["Concat"]> = (inputs, { axis }, [type]) => {
  const result = empty(type!);
  const stride = stridesOf(type!.shape).at(axis)!;
  let start = 0;
  for (const input of inputs) {
    copyBlock(input.shape, { tensor: input, base: 0 }, { tensor: result, base: start * stride });
    start += input.shape.at(axis)!;
  }
  return result;
};

export const slice: Kernel<StaticAttributes<PrimitiveAttributes["Slice"]>> = ([x], { starts, steps }, [type]) => {
  const { shape } = type!;
  for (const [axis, size] of shape.entries()) {
    const first = starts[axis]!;
    const last = first + (size - 1) * steps[axis]!;
    if (size === 0 || (Math.min(first, last) >= 0 && Math.max(first, last) < x!.shape[axis]!)) continue;
    throw new LamellaError("shape", {
      problem: `The slice leaves axis ${axis}.`,
      expected: `indices from 0 to ${x!.shape[axis]! - 1}`,
      received: `${first} to ${last}`,
    });
  }
  const strides = stridesOf(x!.shape);
  const base = starts.reduce((sum, start, axis) => sum + start * strides[axis]!, 0);
  const steppedStrides = strides.map((stride, axis) => stride * steps[axis]!);
  return gathered(x!, type!, offsetsOf(shape, steppedStrides, base));
};

/** Negative pads cut off. */
export const pad: Kernel<StaticAttributes<PrimitiveAttributes["Pad"]>> = ([x], { pads, value }, [type]) => {
  const result = empty(type!);
  cellsOf(result.data).fill(cellsOf(fromNumbers(type!.dtype, [value]))[0]!);
  const sum = (strides: readonly number[], starts: readonly number[]) =>
    starts.reduce((total, start, axis) => total + start * strides[axis]!, 0);
  const skipped = x!.shape.map((_, axis) => Math.max(0, -pads[axis]!));
  const before = x!.shape.map((_, axis) => Math.max(0, pads[axis]!));
  const kept = x!.shape.map((size, axis) =>
    Math.max(0, Math.min(size - skipped[axis]!, type!.shape[axis]! - before[axis]!)),
  );
  copyBlock(
    kept,
    { tensor: x!, base: sum(stridesOf(x!.shape), skipped) },
    { tensor: result, base: sum(stridesOf(type!.shape), before) },
  );
  return result;
};
