import {
  fromNumbers,
  isFloating,
  randomBits,
  randomKey,
  randomUniform,
  sizeOf,
  type StaticShape,
  Tensor,
} from "@lamella/ir";

import type { InputSpec } from "../cases/case.ts";

const { fround } = Math;

/** floor((v + 1) / 2 * steps) of the uniform values v, in exact integers. */
function fractions(words: readonly (string | number)[], length: number, steps: number): number[] {
  const key = randomKey(...words);
  return Array.from({ length }, (_, i) => Math.floor((randomBits(key, i) * steps) / 4194304));
}

/** An input of a case. Made from the case's id, as in `data.py`: floats are rounded to float32 at every step. */
export function inputData(id: string, index: number, spec: InputSpec): Tensor {
  const { shape, dtype = "float32", levels } = spec;
  const words = [id, "input", index];
  const length = sizeOf(shape);
  const make = (values: ArrayLike<number>) => new Tensor(dtype, shape, fromNumbers(dtype, values));
  if (dtype === "bool") return make(randomUniform(randomKey(...words), length).map((value) => (value < 0 ? 1 : 0)));
  if (!isFloating(dtype)) {
    const { low = 0, high } = spec;
    if (high === undefined) throw new Error(`${id}: integer inputs need 'high'`);
    return make(fractions(words, length, high - low).map((value) => value + low));
  }
  const low = fround(spec.low ?? -1);
  const range = fround(fround(spec.high ?? 1) - low);
  if (levels !== undefined) {
    return make(fractions(words, length, levels).map((value) => fround(fround(fround(value / levels) * range) + low)));
  }
  const values = randomUniform(randomKey(...words), length);
  return make(values.map((value) => fround(low + fround((fround(value + 1) / 2) * range))));
}

/** The value a weight of a case has; variances stay above 0. `index` counts the float weights of the model. */
export function weightData(id: string, index: number, name: string, shape: StaticShape): Tensor {
  const values = randomUniform(randomKey(id, "weight", index), sizeOf(shape)).map((value) => value / 2);
  return new Tensor("float32", shape, name.includes("variance") ? values.map((value) => 1 + value) : values);
}

/** What an output is multiplied with before everything is summed up to the loss that gradients are taken of. */
export function cotangentData(id: string, index: number, shape: StaticShape): Tensor {
  return new Tensor("float32", shape, randomUniform(randomKey(id, "cotangent", index), sizeOf(shape)));
}
