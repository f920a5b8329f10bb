import { sizeOf, type StaticShape } from "@lamella/ir";
import { offsetsOf } from "@lamella/runtime";

import type { HostArray } from "../device.ts";

/** A walk over a block in row-major order, through several tensors at once: axes that can be walked as one are one. */
export interface Walk {
  /** Steps along the innermost axis. */
  readonly inner: number;
  /** How far an innermost step goes, for each tensor. */
  readonly steps: readonly number[];
  /** Where the innermost rows start, for each tensor. */
  readonly starts: readonly Int32Array[];
}

/** A walk over a block of a shape, through tensors with these strides, from these elements on. */
export function walkOf(
  shape: StaticShape,
  strides: readonly (readonly number[])[],
  bases: readonly number[] = strides.map(() => 0),
): Walk {
  const sizes: number[] = [];
  const joined: number[][] = strides.map(() => []);
  for (const [axis, size] of shape.entries()) {
    if (size === 1) continue;
    const fits = sizes.length > 0 && strides.every((own, i) => joined[i]!.at(-1) === own[axis]! * size);
    if (fits) sizes[sizes.length - 1] = sizes.at(-1)! * size;
    else sizes.push(size);
    for (const [i, own] of strides.entries()) {
      if (fits) joined[i]!.pop();
      joined[i]!.push(own[axis]!);
    }
  }
  const inner = sizes.pop() ?? (sizeOf(shape) === 0 ? 0 : 1);
  const steps = joined.map((own) => own.pop() ?? 0);
  return { inner, steps, starts: joined.map((own, i) => offsetsOf(sizes, own, bases[i])) };
}

/** Elements that are moved but not looked into, as bits: loops over fewer types of arrays are faster. */
export function bitsOf(data: HostArray): Int32Array | Uint8Array {
  return data instanceof Float32Array ? new Int32Array(data.buffer, data.byteOffset, data.length) : data;
}

/** Rows this long are copied as a whole. */
const longRow = 64;

/** Copies a block. The walk goes through `from`, then `to`. */
export function copyBlock(from: HostArray, to: HostArray, walk: Walk): void {
  const [source, target] = [bitsOf(from), bitsOf(to)];
  const { inner, steps, starts } = walk;
  const [read, write] = starts as readonly [Int32Array, Int32Array];
  if (steps[0] === 1 && steps[1] === 1 && inner >= longRow) {
    for (let row = 0; row < read.length; row++) {
      target.set(source.subarray(read[row], read[row]! + inner), write[row]);
    }
  } else if (source instanceof Int32Array && target instanceof Int32Array) copyWords(source, target, walk);
  else copyBytes(source, target, walk);
}

function copyWords(from: Int32Array, to: Int32Array, { inner, steps, starts }: Walk): void {
  const [read, write] = starts as readonly [Int32Array, Int32Array];
  const [readStep, writeStep] = steps as readonly [number, number];
  for (let row = 0; row < read.length; row++) {
    let at = read[row]!;
    let place = write[row]!;
    for (let i = 0; i < inner; i++) {
      to[place] = from[at]!;
      at += readStep;
      place += writeStep;
    }
  }
}

function copyBytes(from: HostArray, to: HostArray, { inner, steps, starts }: Walk): void {
  const [read, write] = starts as readonly [Int32Array, Int32Array];
  const [readStep, writeStep] = steps as readonly [number, number];
  for (let row = 0; row < read.length; row++) {
    for (let i = 0; i < inner; i++) to[write[row]! + i * writeStep] = from[read[row]! + i * readStep]!;
  }
}
