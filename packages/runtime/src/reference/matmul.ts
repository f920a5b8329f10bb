import { sizeOf } from "@lamella/ir";

import { type Kernel, numbersOf, store } from "./kernel.ts";
import { broadcastStrides, offsetsOf } from "./strides.ts";

/** The product of matrices; leading axes broadcast. */
export const matMul: Kernel<unknown> = ([a, b], _, [type]) => {
  const [rows, inner] = a!.shape.slice(-2) as [number, number];
  const columns = b!.shape.at(-1)!;
  const batch = type!.shape.slice(0, -2);
  const leftStarts = offsetsOf(batch, broadcastStrides(a!.shape.slice(0, -2), batch));
  const rightStarts = offsetsOf(batch, broadcastStrides(b!.shape.slice(0, -2), batch));
  const left = numbersOf(a!);
  const right = numbersOf(b!);
  const out = new Float64Array(sizeOf(type!.shape));
  for (let matrix = 0; matrix < leftStarts.length; matrix++) {
    const leftBase = leftStarts[matrix]! * rows * inner;
    const rightBase = rightStarts[matrix]! * inner * columns;
    for (let row = 0; row < rows; row++) {
      const outBase = (matrix * rows + row) * columns;
      for (let k = 0; k < inner; k++) {
        const factor = left[leftBase + row * inner + k]!;
        const base = rightBase + k * columns;
        for (let column = 0; column < columns; column++) {
          out[outBase + column] = out[outBase + column]! + factor * right[base + column]!;
        }
      }
    }
  }
  return store(type!, out);
};
