import { LamellaError } from "@lamella/ir";

import type { Batch, BatchSource } from "./batch-source.ts";

/** How far training has come in its data. */
export interface DataPosition {
  /** Passes over all data that are done. */
  readonly passes: number;
  /** Batches of the next pass that are done. */
  readonly offset: number;
}

/**
 * Deals out the batches of a source, epoch by epoch. Without a number of steps an epoch is a pass over all data; with one,
 * the next epoch goes on where this one stops, and one that finds the data at their end is shorter, as in Keras.
 */
export class Epochs {
  private readonly source: BatchSource;
  private readonly stepsPerEpoch: number | undefined;
  private passes: number;
  private offset: number;
  private iterator: Iterator<Batch> | AsyncIterator<Batch> | undefined;

  constructor(source: BatchSource, { passes, offset }: DataPosition, stepsPerEpoch?: number) {
    this.source = source;
    this.stepsPerEpoch = stepsPerEpoch;
    this.passes = passes;
    this.offset = offset;
    if (offset > 0 && !source.repeatable) {
      throw new LamellaError("state", {
        problem: "Training cannot go on in the middle of these batches: they may come in another order.",
        hint: "Use arrays or dataset(), or save at the end of epochs only.",
      });
    }
  }

  get position(): DataPosition {
    return { passes: this.passes, offset: this.offset };
  }

  /** Whether batches may be asked for before they are used: nobody makes them only then. */
  get mayRunAhead(): boolean {
    return this.source.repeatable;
  }

  /** Batches in an epoch, when known. */
  get steps(): number | undefined {
    return this.stepsPerEpoch ?? this.source.steps;
  }

  /** The batches of one epoch, of which some are done. */
  async *epoch(done: number): AsyncGenerator<Batch> {
    let step = done;
    while (this.stepsPerEpoch === undefined || step < this.stepsPerEpoch) {
      const next = await this.next();
      if (next === undefined) {
        if (step === 0 && this.offset === 0) throw exhausted(this.passes);
        const short = this.stepsPerEpoch !== undefined;
        this.nextPass();
        if (short) {
          console.warn(
            `The data ended after ${step} of ${this.stepsPerEpoch} steps, and so does the epoch. Give more data, or fewer stepsPerEpoch.`,
          );
        }
        return;
      }
      step += 1;
      this.offset += 1;
      yield next;
    }
    if (this.offset === this.source.steps) this.nextPass();
  }

  /** Ends a pass that was begun, so that the next one has an order of its own, and tells where that leaves the data. */
  async close(): Promise<DataPosition> {
    const { iterator } = this;
    if (this.offset > 0) this.nextPass();
    await iterator?.return?.();
    return this.position;
  }

  private nextPass(): void {
    this.passes += 1;
    this.offset = 0;
    this.iterator = undefined;
  }

  private async next(): Promise<Batch | undefined> {
    if (this.iterator === undefined) {
      const batches = this.source.pass(this.passes, this.offset);
      this.iterator = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
    }
    const { done, value } = await this.iterator.next();
    return done === true ? undefined : value;
  }
}

function exhausted(passes: number): LamellaError {
  return new LamellaError("data", {
    problem: passes === 0 ? "There are no batches." : "There are no batches any more.",
    expected: "at least one batch an epoch",
    received: "none",
    hint: "A generator can be gone through once: give the function that makes it, or use dataset().",
  });
}
