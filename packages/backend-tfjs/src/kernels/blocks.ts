import { sizeOf, type StaticShape } from "@lamella/ir";
import { stridesOf } from "@lamella/runtime";

import type { Handle } from "../device.ts";
import type { Machine } from "../machine.ts";
import { copyBlock, walkOf } from "./strided.ts";

/** A value made from a value. It may be the value itself where there is nothing to do. */
export type Change = (x: Handle) => Handle;

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Where a block lies in a tensor: element i of an axis at start + i * step. */
export interface Block {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  readonly sizes: StaticShape;
}

/** Takes a block out of values of a shape. */
export function taken(machine: Machine, shape: StaticShape, { starts, steps, sizes }: Block): Change {
  const strides = stridesOf(shape);
  if (starts.every((start) => start === 0) && steps.every((step, i) => step === 1 && sizes[i] === shape[i])) {
    return (x) => x;
  }
  const { memory } = machine;
  if (memory !== undefined) {
    const stepped = strides.map((stride, axis) => stride * steps[axis]!);
    const walk = walkOf(sizes, [stepped, stridesOf(sizes)], [dot(starts, strides), 0]);
    return (x) => {
      const result = machine.allocate(sizes, x.dtype);
      copyBlock(memory.view(x), memory.view(result), walk);
      return result;
    };
  }
  const isStrided = (axis: number) => steps[axis] !== 1 && sizes[axis] !== 1;
  const begin = starts.map((start, axis) => (isStrided(axis) ? 0 : start));
  const size = sizes.map((length, axis) => (isStrided(axis) ? shape[axis]! : length));
  const cuts = size.some((length, axis) => length !== shape[axis]);
  return (x) => {
    let value = cuts ? machine.run("Slice", { x }, { begin, size }) : x;
    for (const axis of sizes.keys()) {
      if (!isStrided(axis)) continue;
      const places = Int32Array.from({ length: sizes[axis]! }, (_, i) => starts[axis]! + i * steps[axis]!);
      const indices = machine.write(places, [places.length], "int32");
      value = machine.run("GatherV2", { x: value, indices }, { axis, batchDims: 0 });
    }
    return value;
  };
}

/** Takes several blocks of one size out of values of a shape, one after another along the first axis. */
export function takenInRow(machine: Machine, shape: StaticShape, blocks: readonly Block[]): Change {
  const { memory } = machine;
  if (memory === undefined) {
    const parts = blocks.map((block) => taken(machine, shape, block));
    return (x) =>
      joinedAlong(
        machine,
        parts.map((part) => part(x)),
        0,
      );
  }
  const strides = stridesOf(shape);
  const { sizes } = blocks[0]!;
  const walks = blocks.map(({ starts, steps }, i) => {
    const stepped = strides.map((stride, axis) => stride * steps[axis]!);
    return walkOf(sizes, [stepped, stridesOf(sizes)], [dot(starts, strides), i * sizeOf(sizes)]);
  });
  return (x) => {
    const result = machine.allocate([blocks.length * sizes[0]!, ...sizes.slice(1)], x.dtype);
    const [from, to] = [memory.view(x), memory.view(result)];
    for (const walk of walks) copyBlock(from, to, walk);
    return result;
  };
}

/** Where the elements of a value go in a larger or smaller one, and what is between and around them. */
export interface Placement {
  readonly before: readonly number[];
  readonly sizes: StaticShape;
  /** Default: 1. */
  readonly steps?: readonly number[];
  /** Default: 0. */
  readonly fill?: number;
}

/** Puts the elements of an axis at before + i * step; what lies outside is left out. */
export function placed(machine: Machine, shape: StaticShape, { before, sizes, steps, fill = 0 }: Placement): Change {
  const step = (axis: number) => steps?.[axis] ?? 1;
  const first = shape.map((_, axis) => Math.max(0, Math.ceil(-before[axis]! / step(axis))));
  const kept = shape.map((length, axis) => {
    const end = Math.min(length, Math.ceil((sizes[axis]! - before[axis]!) / step(axis)));
    return Math.max(0, end - first[axis]!);
  });
  const start = first.map((i, axis) => before[axis]! + i * step(axis));
  if (sizeOf(kept) === 0) return (x) => machine.filled(sizes, x.dtype, fill);
  if (kept.every((size, axis) => size === sizes[axis] && size === shape[axis])) return (x) => x;
  const { memory } = machine;
  if (memory !== undefined) {
    const [from, to] = [stridesOf(shape), stridesOf(sizes)];
    const stepped = to.map((stride, axis) => stride * step(axis));
    const walk = walkOf(kept, [from, stepped], [dot(first, from), dot(start, to)]);
    const isWhole = sizeOf(kept) === sizeOf(sizes);
    return (x) => {
      const result = machine.allocate(sizes, x.dtype);
      const out = memory.view(result);
      if (!isWhole) out.fill(fill);
      copyBlock(memory.view(x), out, walk);
      return result;
    };
  }
  const inner = taken(machine, shape, { starts: first, steps: shape.map(() => 1), sizes: kept });
  return (x) => {
    let value = inner(x);
    for (const axis of kept.keys()) if (step(axis) > 1) value = dilated(machine, value, axis, step(axis));
    const paddings = value.shape.map((length, axis) => [start[axis]!, sizes[axis]! - start[axis]! - length]);
    if (paddings.every(([a, b]) => a === 0 && b === 0)) return value;
    return widened(machine, value, paddings, fill);
  };
}

/** Pads a value of any rank. WebGPU's kernel leaves zeros above rank 4 without an error: there axes are padded one by one. */
function widened(machine: Machine, x: Handle, paddings: readonly (readonly number[])[], fill: number): Handle {
  if (x.shape.length <= 4) return machine.run("PadV2", { x }, { paddings, constantValue: fill });
  let value = x;
  for (const [axis, [before, after]] of paddings.entries()) {
    if (before === 0 && after === 0) continue;
    const { shape } = value;
    const blocks = [sizeOf(shape.slice(0, axis)), shape[axis]!, sizeOf(shape.slice(axis + 1))];
    const around = [
      [0, 0],
      [before!, after!],
      [0, 0],
    ];
    const wider = machine.run(
      "PadV2",
      { x: machine.reshape(value, blocks) },
      { paddings: around, constantValue: fill },
    );
    value = machine.reshape(wider, [...shape.slice(0, axis), wider.shape[1]!, ...shape.slice(axis + 1)]);
  }
  return value;
}

/** Puts `step - 1` zeros between the elements of one axis. */
function dilated(machine: Machine, x: Handle, axis: number, step: number): Handle {
  const [outer, length, rest] = [sizeOf(x.shape.slice(0, axis)), x.shape[axis]!, sizeOf(x.shape.slice(axis + 1))];
  const split = machine.reshape(x, [outer, length, 1, rest]);
  const paddings = [
    [0, 0],
    [0, 0],
    [0, step - 1],
    [0, 0],
  ];
  const padded = machine.run("PadV2", { x: split }, { paddings, constantValue: 0 });
  const joined = machine.reshape(padded, [outer, length * step, rest]);
  const kept = (length - 1) * step + 1;
  const cut = machine.run("Slice", { x: joined }, { begin: [0, 0, 0], size: [outer, kept, rest] });
  return machine.reshape(cut, [...x.shape.slice(0, axis), kept, ...x.shape.slice(axis + 1)]);
}

/** A block of one axis. */
export function takenAlong(
  machine: Machine,
  shape: StaticShape,
  axis: number,
  { start, size, step = 1 }: { readonly start: number; readonly size: number; readonly step?: number },
): Change {
  return taken(machine, shape, {
    starts: shape.map((_, i) => (i === axis ? start : 0)),
    steps: shape.map((_, i) => (i === axis ? step : 1)),
    sizes: shape.map((length, i) => (i === axis ? size : length)),
  });
}

/** Values side by side along an axis. */
export function joinedAlong(machine: Machine, parts: readonly Handle[], axis: number): Handle {
  return parts.length === 1 ? parts[0]! : machine.run("Concat", parts, { axis });
}

/** The sum of values of one shape. */
export function summed(machine: Machine, parts: readonly Handle[]): Handle {
  return parts.reduce((a, b) => machine.run("Add", { a, b }));
}
