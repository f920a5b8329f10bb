import { isFloating, LamellaError } from "@lamella/ir";
import { broadcastStrides } from "@lamella/runtime";

import type { Handle, HostArray, HostMemory } from "../device.ts";
import { tfDType } from "../dtypes.ts";
import { type PairRow, pairRow } from "./rows.ts";
import type { Compute, Site } from "./site.ts";
import { bitsOf, copyBlock, walkOf } from "./strided.ts";

/** Fills an output from inputs, in place. */
type Fill = (inputs: readonly HostArray[], output: HostArray) => void;

/** Computes the only output in JavaScript, in the device's own memory. */
export function onHost({ machine, outputs }: Site<unknown>, fill: Fill): Compute {
  const { shape, dtype } = outputs[0]!;
  const memory: HostMemory | undefined = machine.memory;
  if (memory === undefined) throw new LamellaError("state", { problem: "The device's memory is not at hand." });
  return (inputs) => {
    const result = machine.allocate(shape, tfDType(dtype));
    const views = inputs.map((input) => memory.view(input));
    fill(views, memory.view(result));
    return result;
  };
}

/** What keeps an integer in the range of its dtype; beyond int32, arrays wrap by themselves. */
function wraps(site: Site<unknown>): boolean {
  return site.outputs[0]!.dtype === "uint8";
}

/** A function of every element, in JavaScript. */
export function hostUnary(site: Site<unknown>, f: (x: number) => number): Compute {
  const g = wraps(site) ? (x: number) => f(x) & 255 : f;
  return onHost(site, ([x], out) => {
    for (let i = 0; i < out.length; i++) out[i] = g(x![i]!);
  });
}

/** A loop over pairs of elements, broadcast, in JavaScript. */
export function hostPairs(site: Site<unknown>, fillRow: PairRow): Compute {
  const { shape } = site.outputs[0]!;
  const strides = site.inputs.map((input) => broadcastStrides(input.shape, shape));
  const { inner, starts, steps } = walkOf(shape, strides);
  const [left, right] = starts as readonly [Int32Array, Int32Array];
  const [leftStep, rightStep] = steps as readonly [number, number];
  const isWrapped = wraps(site);
  return onHost(site, ([a, b], out) => {
    for (let row = 0; row < left.length; row++) {
      const at = row * inner;
      fillRow(a!, left[row]!, leftStep, b!, right[row]!, rightStep, out, at, at + inner);
    }
    if (isWrapped) for (let i = 0; i < out.length; i++) out[i] = out[i]! & 255;
  });
}

/** A function of pairs of elements, broadcast, in JavaScript. */
export function hostBinary(site: Site<unknown>, f: (a: number, b: number) => number): Compute {
  return hostPairs(site, pairRow(f));
}

/** Elements of `then` where the condition holds, else of `otherwise`; all broadcast. */
export function hostWhere(site: Site<unknown>): Compute {
  const { shape } = site.outputs[0]!;
  const strides = site.inputs.map((input) => broadcastStrides(input.shape, shape));
  const { inner, starts, steps } = walkOf(shape, strides);
  const [tests, thens, others] = starts as readonly [Int32Array, Int32Array, Int32Array];
  const [testStep, thenStep, otherStep] = steps as readonly [number, number, number];
  return onHost(site, ([condition, then, otherwise], out) => {
    const [chosen, other, target] = [bitsOf(then!), bitsOf(otherwise!), bitsOf(out)];
    let place = 0;
    for (let row = 0; row < tests.length; row++) {
      let test = tests[row]!;
      let i = thens[row]!;
      let j = others[row]!;
      for (const end = place + inner; place < end; place++) {
        // Without a branch, which the processor would guess wrong half of the time.
        const mask = -condition![test]!;
        target[place] = (chosen[i]! & mask) | (other[j]! & ~mask);
        test += testStep;
        i += thenStep;
        j += otherStep;
      }
    }
  });
}

/** The elements at strides of the input, from `base` on, as the output. */
export function hostGather(site: Site<unknown>, strides: readonly number[], base = 0): Compute {
  const { shape } = site.outputs[0]!;
  const walk = walkOf(shape, [strides, broadcastStrides(shape, shape)], [base, 0]);
  return onHost(site, ([x], out) => copyBlock(x!, out, walk));
}

/** Whether values of a site are computed in JavaScript: its memory is at hand, and kernels for integers are not to be trusted. */
export function wholeOnHost({ machine, inputs }: Site<unknown>): boolean {
  return machine.memory !== undefined && inputs.some(({ dtype }) => !isFloating(dtype));
}

/** The same elements as a value of its own. */
export function share({ machine, outputs }: Site<unknown>): Compute {
  const { shape } = outputs[0]!;
  return ([x]) => machine.reshape(x as Handle, shape);
}
