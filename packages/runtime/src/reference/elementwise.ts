import { type DType, isFloating, Tensor } from "@lamella/ir";

import { cellsOf, type Kernel, mapped, numbersOf, store } from "./kernel.ts";
import { expanded } from "./movement.ts";

/** A function of every element. `big` computes int64; without it, int64 passes through numbers. */
export function unary(f: (x: number) => number, big?: (x: bigint) => bigint): Kernel<unknown> {
  return ([x], _, [type]) => {
    if (big !== undefined && x!.data instanceof BigInt64Array) {
      return new Tensor("int64", x!.shape, x!.data.map(big));
    }
    return store(type!, mapped(numbersOf(x!), f));
  };
}

export interface Arithmetic {
  readonly float: (a: number, b: number) => number;
  /** For 32 and 8 bits, when `float` cut to a whole number is not right. */
  readonly int?: (a: number, b: number) => number;
  readonly big: (a: bigint, b: bigint) => bigint;
}

/** A function of pairs of elements, broadcast; both have one dtype, and so has the result. */
export function binary({ float, int, big }: Arithmetic): Kernel<unknown> {
  return (inputs, _, [type]) => {
    const [a, b] = inputs.map((input) => expanded(input, type!.shape));
    if (a!.data instanceof BigInt64Array && b!.data instanceof BigInt64Array) {
      const other = b!.data;
      return new Tensor(
        "int64",
        type!.shape,
        a!.data.map((value, i) => big(value, other[i]!)),
      );
    }
    const f = int === undefined || isFloating(type!.dtype) ? float : int;
    const left = numbersOf(a!);
    const right = numbersOf(b!);
    const out = new Float64Array(left.length);
    for (let i = 0; i < out.length; i++) out[i] = f(left[i]!, right[i]!);
    return store(type!, out);
  };
}

type Comparable = number | bigint;

/** A test of pairs of elements, broadcast. */
export function comparison(test: (a: Comparable, b: Comparable) => boolean): Kernel<unknown> {
  const comparable = (tensor: Tensor): ArrayLike<Comparable> =>
    tensor.data instanceof BigInt64Array ? tensor.data : numbersOf(tensor);
  return (inputs, _, [type]) => {
    const [a, b] = inputs.map((input) => comparable(expanded(input, type!.shape)));
    const out = new Uint8Array(a!.length);
    for (let i = 0; i < out.length; i++) out[i] = test(a![i]!, b![i]!) ? 1 : 0;
    return new Tensor("bool", type!.shape, out);
  };
}

export const where: Kernel<unknown> = (inputs, _, [type]) => {
  const [condition, then, otherwise] = inputs.map((input) => expanded(input, type!.shape));
  const chosen = cellsOf(then!.data.slice());
  const other = cellsOf(otherwise!.data);
  const test = numbersOf(condition!);
  for (let i = 0; i < chosen.length; i++) {
    if (test[i] === 0) chosen[i] = other[i]!;
  }
  return new Tensor(type!.dtype, type!.shape, chosen);
};

const integerBits: { readonly [D in DType]?: number } = { int32: 32, uint32: 32, uint8: 8 };

/** Integers wrap around; floats are cut off on their way to integers. */
export const cast: Kernel<unknown> = ([x], _, [type]) => {
  if (x!.dtype === type!.dtype) return x!;
  const bits = integerBits[type!.dtype];
  if (x!.data instanceof BigInt64Array && bits !== undefined) {
    return store(
      type!,
      Float64Array.from(x!.data, (value) => Number(BigInt.asIntN(bits, value))),
    );
  }
  return store(type!, Float64Array.from(numbersOf(x!)));
};
