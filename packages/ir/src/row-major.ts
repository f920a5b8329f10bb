import { type StaticShape, sizeOf } from "./dim.ts";
import { allocate, type DType, type TypedArray } from "./dtype.ts";

/** The elements of an array whose first axis runs fastest, as Fortran and NumPy's `order="F"` keep it, in row-major order. */
export function rowMajor(data: TypedArray, shape: StaticShape, dtype: DType): TypedArray {
  const ordered: TypedArray = allocate(dtype, data.length);
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  for (let to = 0; to < data.length; to++) {
    ordered[to] = data[index.reduce((sum, at, axis) => sum + at * strides[axis]!, 0)]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return ordered;
}
