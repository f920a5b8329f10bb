/** Streams of elements, one made from another. Whoever closes the one closes the other. */
import { randomBits, randomKey } from "@lamella/ir";

import { stack, type Stacked } from "./element.ts";

export type Stream<T> = AsyncGenerator<T, void, undefined>;

const ignore = () => undefined;

/** At most `parallel` calls are under way; their results keep the order of the elements. */
export async function* mapped<T, U>(source: Stream<T>, map: (element: T) => U, parallel: number): Stream<Awaited<U>> {
  if (parallel === 1) {
    for await (const element of source) yield await map(element);
    return;
  }
  const started: Promise<Awaited<U>>[] = [];
  for await (const element of source) {
    const result = (async () => map(element))() as Promise<Awaited<U>>;
    result.catch(ignore);
    started.push(result);
    if (started.length === parallel) yield await started.shift()!;
  }
  for (const result of started) yield await result;
}

export async function* filtered<T>(
  source: Stream<T>,
  predicate: (element: T) => boolean | Promise<boolean>,
): Stream<T> {
  for await (const element of source) if (await predicate(element)) yield element;
}

export async function* batched<T>(source: Stream<T>, size: number, dropRemainder: boolean): Stream<Stacked<T>> {
  let elements: T[] = [];
  for await (const element of source) {
    elements.push(element);
    if (elements.length < size) continue;
    const full = elements;
    elements = [];
    yield stack(full);
  }
  if (elements.length > 0 && !dropRemainder) yield stack(elements);
}

/** The next element is drawn from the `bufferSize` that come next; words decide the draws. */
export async function* shuffled<T>(
  source: Stream<T>,
  bufferSize: number,
  words: readonly (string | number)[],
): Stream<T> {
  const key = randomKey(...words);
  const buffer: T[] = [];
  let draws = 0;
  const draw = () => {
    const at = Math.floor((randomBits(key, draws) / 4194304) * buffer.length);
    draws += 1;
    return at;
  };
  for await (const element of source) {
    buffer.push(element);
    if (buffer.length < bufferSize) continue;
    yield takeOut(buffer, draw());
  }
  while (buffer.length > 0) yield takeOut(buffer, draw());
}

function takeOut<T>(buffer: T[], at: number): T {
  const element = buffer[at]!;
  const last = buffer.pop()!;
  if (at < buffer.length) buffer[at] = last;
  return element;
}

/** Asks for `count` elements before anybody else does, while the last one is worked on. */
export async function* prefetched<T>(source: Stream<T>, count: number): Stream<T> {
  const asked: Promise<IteratorResult<T, void>>[] = [];
  const ask = () => {
    const result = source.next();
    result.catch(ignore);
    asked.push(result);
  };
  try {
    for (let i = 0; i < count; i++) ask();
    for (;;) {
      const result = await asked.shift()!;
      if (result.done === true) return;
      ask();
      yield result.value;
    }
  } finally {
    await source.return();
  }
}

/** One pass after another, until one is empty. @param count Infinity for no end */
export async function* repeated<T>(open: (index: number) => Stream<T>, count: number): Stream<T> {
  for (let index = 0; index < count; index++) {
    let isEmpty = true;
    for await (const element of open(index)) {
      isEmpty = false;
      yield element;
    }
    if (isEmpty) return;
  }
}

export async function* taken<T>(source: Stream<T>, count: number): Stream<T> {
  if (count === 0) return;
  let left = count;
  for await (const element of source) {
    yield element;
    left -= 1;
    if (left === 0) return;
  }
}

export async function* skipped<T>(source: Stream<T>, count: number): Stream<T> {
  if (count === Infinity) return;
  let left = count;
  for await (const element of source) {
    if (left > 0) left -= 1;
    else yield element;
  }
}

export async function* concatenated<T, U>(first: () => Stream<T>, second: () => Stream<U>): Stream<T | U> {
  yield* first();
  yield* second();
}

/** Ends with the shortest. */
export async function* zipped(sources: readonly Stream<unknown>[]): Stream<unknown[]> {
  try {
    for (;;) {
      const tuple: unknown[] = [];
      for (const source of sources) {
        const { done, value } = await source.next();
        if (done === true) return;
        tuple.push(value);
      }
      yield tuple;
    }
  } finally {
    for (const source of sources) await source.return();
  }
}

export async function* enumerated<T>(source: Stream<T>, start: number): Stream<[number, T]> {
  let index = start;
  for await (const element of source) {
    yield [index, element];
    index += 1;
  }
}

/** Elements kept by the first pass that came to the end. */
export interface Kept<T> {
  elements?: readonly T[];
}

export async function* cached<T>(kept: Kept<T>, open: () => Stream<T>): Stream<T> {
  if (kept.elements !== undefined) {
    yield* kept.elements;
    return;
  }
  const elements: T[] = [];
  for await (const element of open()) {
    elements.push(element);
    yield element;
  }
  kept.elements = elements;
}
