import { Tensor } from "lamella";

import { type Digits, readDigits, sliceDigits } from "./mnist.ts";

export interface Part {
  /** (count, 28, 28, 1), from 0 to 1. */
  readonly images: Tensor;
  readonly labels: Uint8Array;
}

function partOf({ count, side, images, labels }: Digits): Part {
  return { images: new Tensor("float32", [count, side, side, 1], images), labels };
}

/** Some digits of MNIST to train on, and some to test with. */
export async function digits(train: number, test: number): Promise<{ readonly train: Part; readonly test: Part }> {
  const [first, second] = [await readDigits("train"), await readDigits("t10k")];
  return { train: partOf(sliceDigits(first, 0, train)), test: partOf(sliceDigits(second, 0, test)) };
}

/** The digits that a test of their labels picks, with those labels as `relabel` changes them. */
export function pick(
  { images, labels }: Part,
  test: (label: number) => boolean,
  relabel = (label: number) => label,
): Part {
  const rows = [...labels.keys()].filter((row) => test(labels[row]!));
  const [, ...shape] = images.shape;
  const size = images.size / labels.length;
  const data = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) data.set(images.rows(row, row + 1).data as Float32Array, i * size);
  return {
    images: new Tensor("float32", [rows.length, ...shape], data),
    labels: Uint8Array.from(rows, (row) => relabel(labels[row]!)),
  };
}
