import { type AnyModel, LamellaError, Tensor } from "@lamella/ir";

import { batchesOf, type Samples, wholeBatch } from "./batches.ts";
import type { DataFor } from "./data.ts";
import { type Form, KnownForms } from "./forms.ts";
import { prepare, type Prepared } from "./prepare.ts";
import type { Weighting } from "./sample-weights.ts";
import type { CompileOptions } from "./trainer-options.ts";

/** Inputs, targets and, where samples do not all count alike, their weights. */
export type BatchData<Inputs extends string = string, Outputs extends string = string> =
  | readonly [DataFor<Inputs>, DataFor<Outputs>]
  | readonly [DataFor<Inputs>, DataFor<Outputs>, DataFor<Outputs>];

/** Batches that come one after the other. */
export type Batches<Item> = Iterable<Item> | AsyncIterable<Item>;

/** Batches that can be gone through again and again, with an order that only the number of the pass decides. */
export interface RepeatableBatches<Item> {
  /** Batches in one pass: Infinity when it never ends, undefined when nobody knows. */
  readonly steps?: number | undefined;
  /** @param index the number of the pass, from 0 */
  pass(index: number): Batches<Item>;
}

/**
 * A source of batches: something to iterate over, a function that gives it anew for every pass, or batches that say how they
 * repeat, as `dataset()` does.
 */
export type BatchStream<Item> = Batches<Item> | (() => Batches<Item>) | RepeatableBatches<Item>;

/** A batch with what decides which step can run it. */
export interface Batch {
  readonly feeds: Samples;
  readonly form: Form;
}

/** Batches in passes over all data. */
export interface BatchSource {
  /** Batches in a pass: Infinity when it never ends, undefined when nobody knows. */
  readonly steps: number | undefined;
  /** Whether pass number n has the same batches whenever it is asked for. */
  readonly repeatable: boolean;
  pass(index: number, from: number): Batches<Batch>;
}

export function isBatchStream(value: unknown): value is BatchStream<unknown> {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value) || value instanceof Tensor || ArrayBuffer.isView(value)) return false;
  return isRepeatable(value) || Symbol.asyncIterator in value || Symbol.iterator in value;
}

function isRepeatable(value: object): value is RepeatableBatches<unknown> {
  return "pass" in value && typeof value.pass === "function";
}

/** Prepared arrays, batch after batch. @param orderOf the order of the samples in a pass; undefined for their own */
export function arraySource(
  prepared: Prepared,
  batchSize: number,
  orderOf: (pass: number) => Uint32Array | undefined = () => undefined,
): BatchSource {
  const { count, form } = prepared;
  return {
    steps: Math.ceil(count / batchSize),
    repeatable: true,
    *pass(index, from) {
      for (const feeds of batchesOf(prepared, batchSize, orderOf(index), from)) yield { feeds, form };
    },
  };
}

/** Batches that somebody else makes, each prepared for the model as it comes. */
export function streamSource(
  model: AnyModel,
  options: CompileOptions,
  stream: BatchStream<BatchData>,
  { classWeight }: Weighting,
): BatchSource {
  const forms = new KnownForms();
  const toBatch = (item: BatchData): Batch => {
    if (!Array.isArray(item) || item.length < 2 || item.length > 3) {
      throw new LamellaError("data", {
        problem: "This is not a batch.",
        expected: "[inputs, targets] or [inputs, targets, sampleWeight]",
        received: Array.isArray(item) ? `a list of ${item.length}` : typeof item,
      });
    }
    const [x, y, sampleWeight] = item as readonly unknown[];
    const prepared = prepare(model, options, x, y, { sampleWeight, classWeight }, forms);
    return { feeds: wholeBatch(prepared), form: prepared.form };
  };
  return { ...passesOf(stream), pass: (index, from) => mapped(openPass(stream, index), toBatch, from) };
}

export function passesOf(stream: BatchStream<unknown>): Pick<BatchSource, "steps" | "repeatable"> {
  const repeatable = typeof stream === "object" && isRepeatable(stream);
  return { steps: repeatable ? stream.steps : undefined, repeatable };
}

/** The batches of a pass as the stream gives them. */
export function openPass<Item>(stream: BatchStream<Item>, index: number): Batches<Item> {
  if (typeof stream === "function") return stream();
  return isRepeatable(stream) ? stream.pass(index) : stream;
}

async function* mapped(
  items: Batches<BatchData>,
  map: (item: BatchData) => Batch,
  from: number,
): AsyncGenerator<Batch> {
  let at = 0;
  for await (const item of items) {
    if (at >= from) yield map(item);
    at += 1;
  }
}
