import { type DType, isFloating, type PrimitiveAttributes, type ReduceAttributes, type StaticShape } from "@lamella/ir";

import type { StaticAttributes } from "../specialize.ts";
import { type Kernel, numbersOf, store } from "./kernel.ts";
import { beats } from "./scalar.ts";
import { offsetsOf, otherAxes, pick, stridesOf } from "./strides.ts";

/** The elements that are reduced together: those at `start + step` for every step. */
function groupsOf(
  x: { readonly shape: StaticShape },
  axes: readonly number[],
): { readonly starts: Int32Array; readonly steps: Int32Array } {
  const strides = stridesOf(x.shape);
  const kept = otherAxes(x.shape.length, axes);
  return {
    starts: offsetsOf(pick(x.shape, kept), pick(strides, kept)),
    steps: offsetsOf(pick(x.shape, axes), pick(strides, axes)),
  };
}

/** Folds each group, from a first value on, then finishes with the number of elements. */
function reduction(
  initial: (dtype: DType) => number,
  fold: (sum: number, value: number) => number,
  finish: (sum: number, count: number) => number = (sum) => sum,
): Kernel<ReduceAttributes> {
  return ([x], { axes }, [type]) => {
    const values = numbersOf(x!);
    const { starts, steps } = groupsOf(x!, axes);
    const out = new Float64Array(starts.length);
    for (let i = 0; i < starts.length; i++) {
      let sum = initial(x!.dtype);
      for (const step of steps) sum = fold(sum, values[starts[i]! + step]!);
      out[i] = finish(sum, steps.length);
    }
    return store(type!, out);
  };
}

const zero = () => 0;
const smallestInteger: { readonly [D in DType]?: number } = { int32: -(2 ** 31), int64: -(2 ** 63) };

function lowest(dtype: DType): number {
  return isFloating(dtype) ? -Infinity : (smallestInteger[dtype] ?? 0);
}

export const reduceSum = reduction(zero, (sum, value) => sum + value);
export const reduceMean = reduction(
  zero,
  (sum, value) => sum + value,
  (sum, count) => sum / count,
);
export const reduceMax = reduction(lowest, Math.max);

export const argMax: Kernel<PrimitiveAttributes["ArgMax"]> = ([x], { axis }, [type]) => {
  const values = numbersOf(x!);
  const { starts, steps } = groupsOf(x!, [axis]);
  const out = new Float64Array(starts.length);
  for (let i = 0; i < starts.length; i++) {
    let best = 0;
    for (let at = 1; at < steps.length; at++) {
      if (beats(values[starts[i]! + steps[at]!]!, values[starts[i]! + steps[best]!]!)) best = at;
    }
    out[i] = best;
  }
  return store(type!, out);
};

export const topK: Kernel<StaticAttributes<PrimitiveAttributes["TopK"]>> = ([x], { axis, k, largest }, [type]) => {
  const values = numbersOf(x!);
  const { starts, steps } = groupsOf(x!, [axis]);
  const places = groupsOf(type!, [axis]);
  const out = new Float64Array(starts.length * k);
  for (const [group, start] of starts.entries()) {
    const value = (i: number) => values[start + steps[i]!]!;
    const order = Array.from(steps, (_, i) => i).toSorted(
      (a, b) => (largest ? value(b) - value(a) : value(a) - value(b)) || a - b,
    );
    for (let i = 0; i < k; i++) out[places.starts[group]! + places.steps[i]!] = order[i]!;
  }
  return store(type!, out);
};

/** Softmax or its logarithm, with the maximum taken off first so that nothing overflows. */
function softmaxOver(result: (shifted: number, sum: number) => number): Kernel<{ readonly axis: number }> {
  return ([x], { axis }, [type]) => {
    const values = numbersOf(x!);
    const { starts, steps } = groupsOf(x!, [axis]);
    const out = new Float64Array(values.length);
    for (const start of starts) {
      let max = -Infinity;
      for (const step of steps) max = Math.max(max, values[start + step]!);
      let sum = 0;
      for (const step of steps) sum += Math.exp(values[start + step]! - max);
      for (const step of steps) out[start + step] = result(values[start + step]! - max, sum);
    }
    return store(type!, out);
  };
}

export const softmax = softmaxOver((shifted, sum) => Math.exp(shifted) / sum);
export const logSoftmax = softmaxOver((shifted, sum) => shifted - Math.log(sum));
