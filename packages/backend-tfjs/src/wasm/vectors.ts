import type { Handle, HostArray } from "../device.ts";
import type { Machine } from "../machine.ts";
import { chosen, compared, type Comparison, type Side, summedColumns } from "./vector-code.ts";

const word = 4;

/** As many elements as functions of our own take at once; what is left is the caller's. */
const wholePart = (size: number, step: number) => size - (size % step);

/** Compares floats, as far as vectors go. @returns how many elements are done */
export function compareVectors(
  { code }: Machine,
  comparison: Comparison,
  [a, b]: readonly [Handle, Handle],
  right: Side,
  { out, size }: { readonly out: Handle; readonly size: number },
): number {
  const { address, functions } = code!;
  const done = wholePart(size, compared);
  const to = address(out);
  functions.compare[right][comparison](address(a), address(b), to, to + done);
  return done;
}

/** Elements of one of two sides, of four bytes each, as far as vectors go. @returns how many elements are done */
export function chooseVectors(
  { code }: Machine,
  [condition, then, otherwise]: readonly [Handle, Handle, Handle],
  kinds: readonly [Side, Side],
  { out, size }: { readonly out: Handle; readonly size: number },
): number {
  const { address, functions } = code!;
  const done = wholePart(size, chosen);
  const to = address(out);
  functions.choose[kinds[0]][kinds[1]](address(condition), address(then), address(otherwise), to, to + done * word);
  return done;
}

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
