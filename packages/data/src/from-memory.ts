import { LamellaError } from "@lamella/ir";

import { Dataset } from "./dataset.ts";
import { describe } from "./element.ts";
import { type SliceOf, type Slices, slicesOf, tupleSlices } from "./slices.ts";

/** What a pass over a generator is made of. */
type Elements<T> = Iterable<T> | AsyncIterable<T>;

/**
 * Samples of arrays that have them along their first axis: Tensors, typed arrays, nested arrays and lists of texts, and records
 * of them. Several arguments give tuples: `fromArrays(x, y)` the elements `[sample, target]`. (TensorFlow: from_tensor_slices.)
 *
 * @throws LamellaError `data` for arrays of different lengths, ragged ones, and what is no array
 */
export function fromArrays<T>(arrays: T): Dataset<SliceOf<T>>;
export function fromArrays<T extends readonly unknown[]>(
  ...arrays: T
): Dataset<{ -readonly [K in keyof T]: SliceOf<T[K]> }>;
export function fromArrays(...arrays: readonly unknown[]): Dataset<unknown> {
  const name = (i: number) => `array ${i + 1}`;
  return fromSlices(arrays.length === 1 ? slicesOf(arrays[0], name(0)) : tupleSlices(arrays, name));
}

function fromSlices({ count, at }: Slices): Dataset<unknown> {
  return new Dataset(
    async function* () {
      for (let i = 0; i < count; i++) yield at(i);
    },
    { cardinality: count },
  );
}

/** A list of elements as they are. */
export function fromElements<T>(elements: readonly T[]): Dataset<T> {
  return new Dataset(
    async function* () {
      yield* elements;
    },
    { cardinality: elements.length },
  );
}

/**
 * What a function gives to iterate over, which is called anew for every pass; for training to be resumed in mid-epoch it has to
 * give the same elements every time. A pass that ends early closes the iterator. (TensorFlow: from_generator.)
 *
 * @param generator such as an (async) generator function
 * @param cardinality how many elements a pass has, where that is known
 * @throws LamellaError `config` for anything but a function, `data`, when it is read, for one that gives nothing iterable
 */
export function fromGenerator<const T>(
  generator: () => Elements<T>,
  { cardinality }: { readonly cardinality?: number } = {},
): Dataset<T> {
  if (typeof generator !== "function") {
    throw new LamellaError("config", {
      where: "fromGenerator",
      problem: "This is no function.",
      expected: "a function that gives something to iterate over, such as a generator function",
      received: describe(generator),
      hint: "An iterator can be gone through once: give the function that makes it.",
    });
  }
  return new Dataset(
    async function* () {
      const elements: unknown = generator();
      if (isIterable<T>(elements)) yield* elements;
      else {
        throw new LamellaError("data", {
          where: "fromGenerator",
          problem: "The function gave nothing to iterate over.",
          expected: "an iterable or an async iterable",
          received: describe(elements),
        });
      }
    },
    { cardinality },
  );
}

function isIterable<T>(value: unknown): value is Elements<T> {
  return typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}
