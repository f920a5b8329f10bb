import type { StaticShape } from "./dim.ts";
import { LamellaError } from "./errors.ts";
import { type NestedArray, Tensor, tensor } from "./tensor.ts";

/** What layers are adapted to: one tensor or nested arrays, or several such batches. */
export type AdaptData = Tensor | NestedArray | Iterable<Tensor | NestedArray>;

/** What a layer learnt from data: values of its weights, or options of its configuration. */
export interface Adapted {
  readonly weights?: Readonly<Record<string, Tensor>>;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The data as tensors, one a batch. @throws LamellaError `data` when there are none */
export function adaptBatches(data: AdaptData, where: string): readonly Tensor[] {
  const isList = typeof data === "object" && !(data instanceof Tensor);
  const items = isList ? Array.from(data) : [data];
  const areBatches = !Array.isArray(data) || items[0] instanceof Tensor;
  const batches = areBatches ? items.map(toTensor) : [tensor(data as NestedArray)];
  if (batches.length > 0 && batches.every(({ size }) => size > 0)) return batches;
  throw new LamellaError("data", { where, problem: "There is nothing to adapt to.", expected: "at least one batch" });
}

function toTensor(batch: Tensor | NestedArray): Tensor {
  return batch instanceof Tensor ? batch : tensor(batch);
}

/** Mean and variance along some axes, which are kept in the order they have; the others are reduced. */
export interface Moments {
  readonly shape: StaticShape;
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

/** Mean and variance of all batches, for every place along the axes in `keep`. */
export function momentsOf(batches: readonly Tensor[], keep: readonly number[]): Moments {
  const shape = keep.map((axis) => batches[0]!.shape[axis]!);
  const size = shape.reduce((product, dim) => product * dim, 1);
  const total = { count: 0, mean: new Float64Array(size), squares: new Float64Array(size) };
  for (const batch of batches) {
    const place = placesOf(batch.shape, keep);
    const values = batch.toNumbers();
    const count = values.length / size;
    const mean = new Float64Array(size);
    for (const [i, value] of values.entries()) mean[place(i)]! += value / count;
    const squares = new Float64Array(size);
    for (const [i, value] of values.entries()) squares[place(i)]! += (value - mean[place(i)]!) ** 2;
    const both = total.count + count;
    for (let i = 0; i < size; i++) {
      const shift = mean[i]! - total.mean[i]!;
      total.mean[i]! += (shift * count) / both;
      total.squares[i]! += squares[i]! + (shift ** 2 * total.count * count) / both;
    }
    total.count = both;
  }
  return { shape, mean: [...total.mean], variance: Array.from(total.squares, (sum) => sum / total.count) };
}

/** Where an element of a tensor is among the places along the axes in `keep`. */
function placesOf(shape: StaticShape, keep: readonly number[]): (index: number) => number {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, dim) => product * dim, 1));
  return (index) =>
    keep.reduce((place, axis) => place * shape[axis]! + (Math.floor(index / strides[axis]!) % shape[axis]!), 0);
}
