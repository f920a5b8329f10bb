import { checkWhole, LamellaError, type NestedArray, type NumberArray, Tensor } from "@lamella/ir";

import { asTensor } from "./element.ts";

/**
 * Class numbers as vectors with a 1 at the class, float32 of shape [..., numClasses]; a last axis of size 1 is dropped before.
 * (Keras: to_categorical; class numbers below 0, which count from the end there, are refused.)
 *
 * @param numClasses default: the largest class and one
 * @throws LamellaError `data` for what is no class number, or too large
 */
export function toCategorical(x: Tensor | NestedArray | NumberArray, numClasses?: number): Tensor<"float32"> {
  const classes = asTensor(x, "toCategorical");
  if (numClasses !== undefined) checkWhole("numClasses", numClasses, 1);
  const numbers = classes.toNumbers();
  const most = numClasses ?? numbers.reduce((largest, value) => Math.max(largest, value), -1) + 1;
  const odd = numbers.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= most);
  if (odd >= 0) {
    throw new LamellaError("data", {
      where: "toCategorical",
      problem: "This is no class number.",
      expected: `whole numbers from 0 to ${most - 1}`,
      received: `${numbers[odd]} at element ${odd}`,
    });
  }
  const data = new Float32Array(numbers.length * most);
  for (const [i, value] of numbers.entries()) data[i * most + value] = 1;
  const { shape } = classes;
  const kept = shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
  return new Tensor("float32", [...kept, most], data);
}
