import {
  allocate,
  LamellaError,
  type PrimitiveAttributes,
  randomBits,
  randomRounds,
  sizeOf,
  Tensor,
} from "@lamella/ir";

import { expectShape, type Kernel, mapped, numbersOf, store } from "./kernel.ts";
import { stridesOf } from "./strides.ts";

function checkIndex(index: number, size: number, axis: number): void {
  if (index >= 0 && index < size) return;
  throw new LamellaError("data", {
    problem: `Index ${index} is out of range at axis ${axis}, which has ${size} elements.`,
    expected: size === 0 ? "no index" : `a whole number from 0 to ${size - 1}`,
    received: String(index),
  });
}

export const gather: Kernel<PrimitiveAttributes["Gather"]> = ([x, indices], { axis }, [type]) => {
  const at = axis < 0 ? axis + x!.shape.length : axis;
  const size = x!.shape[at]!;
  const inner = sizeOf(x!.shape.slice(at + 1));
  const outer = sizeOf(x!.shape.slice(0, at));
  const picks = numbersOf(indices!);
  for (const index of picks) checkIndex(index, size, at);
  const data = allocate(x!.dtype, outer * picks.length * inner);
  let to = 0;
  for (let block = 0; block < outer; block++) {
    for (const index of picks) {
      const from = (block * size + index) * inner;
      data.set(x!.data.subarray(from, from + inner) as never, to);
      to += inner;
    }
  }
  return new Tensor(type!.dtype, type!.shape, data);
};

export const scatterND: Kernel<unknown> = ([data, indices, updates], _, [type]) => {
  const depth = indices!.shape.at(-1) ?? 0;
  const { shape } = data!;
  if (indices!.shape.length === 0 || depth > shape.length) {
    throw new LamellaError("shape", {
      problem: "The indices do not fit the data.",
      expected: `a last axis of at most ${shape.length} elements`,
      received: `(${indices!.shape.join(", ")})`,
    });
  }
  expectShape("The tensor of updates", updates!.shape, [...indices!.shape.slice(0, -1), ...shape.slice(depth)]);
  const strides = stridesOf(shape);
  const inner = sizeOf(shape.slice(depth));
  const places = numbersOf(indices!);
  const added = numbersOf(updates!);
  const out = Float64Array.from(numbersOf(data!));
  for (let row = 0; row < sizeOf(indices!.shape.slice(0, -1)); row++) {
    let base = 0;
    for (let axis = 0; axis < depth; axis++) {
      const index = places[row * depth + axis]!;
      checkIndex(index, shape[axis]!, axis);
      base += index * strides[axis]!;
    }
    for (let i = 0; i < inner; i++) out[base + i] = out[base + i]! + added[row * inner + i]!;
  }
  return store(type!, out);
};

export const randomBitsKernel: Kernel<unknown> = ([key, counter], _, [type]) => {
  expectShape("The key", key!.shape, [randomRounds]);
  const words = Array.from(numbersOf(key!));
  return store(
    type!,
    mapped(numbersOf(counter!), (count) => randomBits(words, count)),
  );
};
