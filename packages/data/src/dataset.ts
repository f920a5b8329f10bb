import { checkWhole, LamellaError, nextSeed } from "@lamella/ir";

import type { Stacked } from "./element.ts";
import {
  batched,
  cached,
  concatenated,
  enumerated,
  filtered,
  type Kept,
  mapped,
  prefetched,
  repeated,
  shuffled,
  skipped,
  type Stream,
  taken,
  zipped,
} from "./operators.ts";
import { type SliceOf, slicesOf, tupleSlices } from "./slices.ts";

/** Which pass it is: its number, and within a repeat() the number of the repetition too. */
export type Pass = readonly number[];

export interface DatasetOptions {
  /** How many elements a pass has: Infinity when it never ends, undefined when nobody knows. */
  readonly cardinality?: number | undefined;
  /** The size of the batches that the elements are. */
  readonly batchSize?: number | undefined;
}

/** The elements of several datasets side by side. */
type ElementsOf<Sets extends readonly unknown[]> = {
  -readonly [K in keyof Sets]: Sets[K] extends Dataset<infer T> ? T : never;
};

export interface ShuffleOptions {
  /** Decides the order. Default: drawn, see `setRandomSeed`. */
  readonly seed?: number;
  /** Whether every pass has an order of its own. Default true. */
  readonly reshuffleEachIteration?: boolean;
}

/**
 * Elements that are made when they are asked for, pass after pass. A pass with a number has the same elements in the same
 * order whenever it is asked for, as far as the source and the functions given to `map` have. A dataset of batches goes into
 * `fit`, `evaluate` and `predict`. Nothing in a dataset ever changes; every method gives a new one. (TensorFlow: tf.data.Dataset.)
 */
export class Dataset<T> implements AsyncIterable<T> {
  /** How many elements a pass has: Infinity when it never ends, undefined when nobody knows. */
  readonly cardinality: number | undefined;
  /** The size of batches, when the elements are what `batch` made. */
  readonly batchSize: number | undefined;
  /** @internal A pass within passes. */
  readonly open: (pass: Pass) => Stream<T>;
  private passes = 0;

  constructor(open: (pass: Pass) => Stream<T>, { cardinality, batchSize }: DatasetOptions = {}) {
    this.open = open;
    this.cardinality = cardinality;
    this.batchSize = batchSize;
  }

  /** Elements in a pass: what training counts its steps by. */
  get steps(): number | undefined {
    return this.cardinality;
  }

  /** @param index the number of the pass, from 0 */
  pass(index: number): Stream<T> {
    return this.open([index]);
  }

  /** The next pass: the first is number 0. */
  [Symbol.asyncIterator](): Stream<T> {
    this.passes += 1;
    return this.pass(this.passes - 1);
  }

  /** All elements of the next pass. */
  async toArray(): Promise<T[]> {
    if (this.cardinality === Infinity) {
      throw new LamellaError("config", {
        where: "toArray",
        problem: "The dataset never ends.",
        hint: "Take some elements first: take(n).",
      });
    }
    const elements: T[] = [];
    for await (const element of this) elements.push(element);
    return elements;
  }

  /** @param numParallelCalls how many calls may be under way at once. Default 1 */
  map<const U>(
    map: (element: T) => U,
    { numParallelCalls = 1 }: { readonly numParallelCalls?: number } = {},
  ): Dataset<Awaited<U>> {
    checkWhole("numParallelCalls", numParallelCalls, 1);
    const { cardinality } = this;
    return new Dataset((pass) => mapped(this.open(pass), map, numParallelCalls), { cardinality });
  }

  filter<U extends T>(predicate: (element: T) => element is U): Dataset<U>;
  filter(predicate: (element: T) => boolean | Promise<boolean>): Dataset<T>;
  filter(predicate: (element: T) => boolean | Promise<boolean>): Dataset<T> {
    const { cardinality } = this;
    return new Dataset((pass) => filtered(this.open(pass), predicate), {
      cardinality: cardinality === 0 ? 0 : undefined,
    });
  }

  /**
   * Elements put together: tensors, arrays and numbers (as float32) with a new first axis, texts as lists.
   *
   * @param dropRemainder whether a last batch that is not full is left out. Default false
   * @throws LamellaError `data`, when it is read, for elements that differ in structure, shape or dtype
   */
  batch(batchSize: number, { dropRemainder = false }: { readonly dropRemainder?: boolean } = {}): Dataset<Stacked<T>> {
    checkWhole("batchSize", batchSize, 1);
    const count = this.cardinality === undefined ? undefined : this.cardinality / batchSize;
    return new Dataset((pass) => batched(this.open(pass), batchSize, dropRemainder), {
      cardinality: count === undefined ? undefined : dropRemainder ? Math.floor(count) : Math.ceil(count),
      batchSize,
    });
  }

  /** The rows of batches, one by one. */
  unbatch(): Dataset<SliceOf<T>> {
    const open = this.open;
    return new Dataset(async function* (pass) {
      for await (const element of open(pass)) {
        const slices = Array.isArray(element)
          ? tupleSlices(element, (i) => `element[${i}]`)
          : slicesOf(element, "element");
        for (let i = 0; i < slices.count; i++) yield slices.at(i) as SliceOf<T>;
      }
    });
  }

  /** @param bufferSize every element is drawn from the next so many; that of all elements shuffles evenly */
  shuffle(bufferSize: number, { seed = nextSeed(), reshuffleEachIteration = true }: ShuffleOptions = {}): Dataset<T> {
    checkWhole("bufferSize", bufferSize, 1);
    checkWhole("seed", seed, 0);
    const { cardinality, batchSize } = this;
    const open = (pass: Pass) =>
      shuffled(this.open(pass), bufferSize, ["dataset", seed, ...(reshuffleEachIteration ? pass : [])]);
    return new Dataset(open, { cardinality, batchSize });
  }

  /** Makes the next elements while the last one is worked on, as far as making them waits for something. */
  prefetch(bufferSize: number): Dataset<T> {
    checkWhole("bufferSize", bufferSize, 0);
    if (bufferSize === 0) return this;
    const { cardinality, batchSize } = this;
    return new Dataset((pass) => prefetched(this.open(pass), bufferSize), { cardinality, batchSize });
  }

  /** @param count default: without end, as is -1 */
  repeat(count = -1): Dataset<T> {
    const times = counted("count", count);
    const { cardinality, batchSize } = this;
    return new Dataset((pass) => repeated((index) => this.open([...pass, index]), times), {
      cardinality: times === Infinity && cardinality !== 0 ? Infinity : multiplied(cardinality, times),
      batchSize,
    });
  }

  /** The first elements; with -1, all. */
  take(count: number): Dataset<T> {
    const most = counted("count", count);
    const { cardinality, batchSize } = this;
    return new Dataset((pass) => taken(this.open(pass), most), {
      cardinality: most === 0 ? 0 : cardinality === undefined ? undefined : Math.min(cardinality, most),
      batchSize,
    });
  }

  /** All but the first elements; with -1, none. */
  skip(count: number): Dataset<T> {
    const least = counted("count", count);
    const { cardinality, batchSize } = this;
    const left = cardinality === Infinity ? Infinity : Math.max((cardinality ?? 0) - least, 0);
    return new Dataset((pass) => skipped(this.open(pass), least), {
      cardinality: least === Infinity ? 0 : cardinality === undefined ? undefined : left,
      batchSize,
    });
  }

  /** Keeps the elements of the first whole pass in memory, for all passes: what is drawn before stays as it was drawn. */
  cache(): Dataset<T> {
    const { cardinality, batchSize } = this;
    const kept: Kept<T> = {};
    return new Dataset(() => cached(kept, () => this.open([0])), { cardinality, batchSize });
  }

  /** These elements, and then those. */
  concatenate<U>(other: Dataset<U>): Dataset<T | U> {
    const cardinality =
      this.cardinality === Infinity || other.cardinality === Infinity
        ? Infinity
        : this.cardinality === undefined || other.cardinality === undefined
          ? undefined
          : this.cardinality + other.cardinality;
    return new Dataset<T | U>(
      (pass) =>
        concatenated(
          () => this.open(pass),
          () => other.open(pass),
        ),
      { cardinality },
    );
  }

  /** Every element with its number. */
  enumerate(start = 0): Dataset<[number, T]> {
    const { cardinality } = this;
    return new Dataset((pass) => enumerated(this.open(pass), start), { cardinality });
  }

  /** Tuples of one element of each, until one has no more. (TensorFlow: Dataset.zip.) */
  static zip<const Sets extends readonly Dataset<unknown>[]>(...datasets: Sets): Dataset<ElementsOf<Sets>> {
    if (datasets.length === 0) {
      throw new LamellaError("config", { where: "zip", problem: "There is nothing to zip.", expected: "datasets" });
    }
    const counts = datasets.map(({ cardinality }) => cardinality);
    const isKnown = (count: number | undefined): count is number => count !== undefined;
    const open = (pass: Pass) => zipped(datasets.map((dataset) => dataset.open(pass)));
    return new Dataset(open as (pass: Pass) => Stream<ElementsOf<Sets>>, {
      cardinality: counts.every(isKnown) ? Math.min(...counts) : undefined,
    });
  }
}

/** A count of which -1 means all. @throws LamellaError `config` */
function counted(where: string, count: number): number {
  if (count === -1) return Infinity;
  checkWhole(where, count, 0);
  return count;
}

function multiplied(cardinality: number | undefined, times: number): number | undefined {
  if (cardinality === 0 || times === 0) return 0;
  return cardinality === undefined ? undefined : cardinality * times;
}
