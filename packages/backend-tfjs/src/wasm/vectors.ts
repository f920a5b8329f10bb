import type { Handle, HostArray } from "../device.ts";
import type { Machine } from "../machine.ts";
import { word } from "./assembler.ts";
import { summedColumns } from "./vector-code.ts";

/** Rows that are added to the sums of all columns before the next are. */
const rowBlock = 64;

/** The sums of columns of a matrix of floats, to float64. The number of columns is a multiple of 16. */
export function sumRows(machine: Machine, x: Handle, rows: number, columns: number): Float64Array {
  const { address, functions } = machine.code!;
  const held = machine.filled([2 * columns], "float32", 0);
  const [from, sums] = [address(x), address(held)];
  const step = columns * word;
  for (let row = 0; row < rows; row += rowBlock) {
    const end = Math.min(row + rowBlock, rows);
    for (let column = 0; column < columns; column += summedColumns) {
      functions.sum(
        from + row * step + column * word,
        from + end * step + column * word,
        step,
        sums + column * 2 * word,
      );
    }
  }
  const view: HostArray = machine.memory!.view(held);
  return new Float64Array(view.slice().buffer);
}
