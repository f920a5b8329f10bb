import { type StaticShape, sizeOf, Tensor, type TypedArray, fromNumbers } from "@lamella/ir";

/** A tensor with elements moved: `from` says which element stands at a place. */
function moved(value: Tensor, shape: StaticShape, from: (index: number) => number): Tensor {
  const data: TypedArray = value.data.slice();
  for (let i = 0; i < data.length; i++) data[i] = value.data[from(i)]!;
  return new Tensor(value.dtype, shape, data);
}

/** Axes in another order, as NumPy's transpose. */
export function transposed(value: Tensor, axes: readonly number[]): Tensor {
  const shape = axes.map((axis) => value.shape[axis]!);
  const strides = axes.map((axis) => sizeOf(value.shape.slice(axis + 1)));
  return moved(value, shape, (index) => {
    let rest = index;
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return from;
  });
}

/** The first axes reversed, as many as a kernel has in space. */
export function flipped(value: Tensor, spatial: number): Tensor {
  const inner = sizeOf(value.shape.slice(spatial));
  const outer = sizeOf(value.shape.slice(0, spatial));
  return moved(value, value.shape, (index) => (outer - 1 - Math.floor(index / inner)) * inner + (index % inner));
}

/** Elements multiplied by a factor that depends on their place in the last axis. */
export function scaled(value: Tensor, factor: (column: number, columns: number) => number): Tensor {
  const columns = value.shape.at(-1)!;
  const numbers = value.toNumbers();
  const factors = Array.from({ length: columns }, (_, column) => factor(column, columns));
  return new Tensor(
    value.dtype,
    value.shape,
    fromNumbers(
      value.dtype,
      numbers.map((x, i) => x * factors[i % columns]!),
    ),
  );
}

/** The sum of the halves of a vector. */
export function foldedInHalf(value: Tensor): Tensor {
  const half = value.size / 2;
  const numbers = value.toNumbers();
  const sums = numbers.slice(0, half).map((x, i) => x + numbers[half + i]!);
  return new Tensor(value.dtype, [half], fromNumbers(value.dtype, sums));
}

/** Blocks of columns, each changed and put back in its place. */
export function byBlocks(value: Tensor, blocks: number, change: (block: Tensor) => Tensor): Tensor {
  const [rows = 0, columns = 0] = value.shape;
  const width = columns / blocks;
  const data: TypedArray = value.data.slice();
  for (let block = 0; block < blocks; block++) {
    const own: TypedArray = value.data.slice(0, rows * width);
    for (let i = 0; i < own.length; i++) {
      own[i] = value.data[Math.floor(i / width) * columns + block * width + (i % width)]!;
    }
    const made = change(new Tensor(value.dtype, [rows, width], own));
    for (let i = 0; i < own.length; i++) {
      data[Math.floor(i / width) * columns + block * width + (i % width)] = made.data[i]!;
    }
  }
  return new Tensor(value.dtype, value.shape, data);
}

/** Tensors of the same leading axes side by side along the last one. */
export function joinedColumns(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  const widths = parts.map(({ shape }) => shape.at(-1)!);
  const width = widths.reduce((sum, each) => sum + each, 0);
  const rows = sizeOf(first!.shape.slice(0, -1));
  const numbers = parts.map((part) => part.toNumbers());
  const joined: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (const [i, own] of numbers.entries()) joined.push(...own.slice(row * widths[i]!, (row + 1) * widths[i]!));
  }
  return new Tensor(first!.dtype, [...first!.shape.slice(0, -1), width], fromNumbers(first!.dtype, joined));
}
