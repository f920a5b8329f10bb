import { LamellaError, nextSeed, randomKey, shuffledIndices } from "@lamella/ir";

import type { Dataset } from "./dataset.ts";
import { fromElements } from "./from-memory.ts";

export interface SplitDatasetOptions {
  /** A number of samples, or, below 1, a share of them. Default: what the right side leaves. */
  readonly leftSize?: number;
  /** The same for the end of the data. Default: what the left side leaves. */
  readonly rightSize?: number;
  /** Default false. */
  readonly shuffle?: boolean;
  /** Default: drawn, see `setRandomSeed`. */
  readonly seed?: number;
}

/**
 * The first and the last samples of a dataset, which is read into memory; what is batched is split by samples and batched again.
 * (Keras: split_dataset.)
 *
 * @throws LamellaError `config` for sizes that do not fit, `data` for an empty dataset
 */
export async function splitDataset<T>(
  dataset: Dataset<T>,
  options: SplitDatasetOptions,
): Promise<[left: Dataset<T>, right: Dataset<T>]> {
  const { batchSize } = dataset;
  const elements: unknown[] = await (batchSize === undefined ? dataset : dataset.unbatch()).toArray();
  const [left, right] = sizes(options, elements.length);
  const order = options.shuffle === true ? shuffledElements(elements, options.seed ?? nextSeed()) : elements;
  const part = (list: readonly unknown[]) => {
    const single: Dataset<unknown> = fromElements(list);
    return (batchSize === undefined ? single : single.batch(batchSize)) as Dataset<T>;
  };
  return [part(order.slice(0, left)), part(order.slice(-right))];
}

function shuffledElements(elements: readonly unknown[], seed: number): unknown[] {
  return Array.from(shuffledIndices(randomKey("split", seed), elements.length), (i) => elements[i]);
}

function sizes({ leftSize, rightSize }: SplitDatasetOptions, count: number): [left: number, right: number] {
  if (count === 0) throw new LamellaError("data", { where: "splitDataset", problem: "The dataset is empty." });
  if (leftSize === undefined && rightSize === undefined) {
    throw new LamellaError("config", {
      where: "splitDataset",
      problem: "The sizes are missing.",
      expected: "leftSize, rightSize, or both",
    });
  }
  const left = samplesOf("leftSize", leftSize, count);
  const right = samplesOf("rightSize", rightSize, count);
  const pair: [number, number] = [left ?? count - right!, right ?? count - left!];
  if (pair[0] + pair[1] > count || pair.includes(0)) {
    throw new LamellaError("config", {
      where: "splitDataset",
      problem: pair.includes(0) ? "One of the sides is empty." : "The sides overlap.",
      expected: `at least one sample for each, and ${count} at most for both`,
      received: `${pair[0]} and ${pair[1]}`,
    });
  }
  return pair;
}

/** Shares are rounded to whole samples, half of one to the even number. */
function samplesOf(where: string, size: number | undefined, count: number): number | undefined {
  if (size === undefined) return undefined;
  if (size > 0 && size < 1) {
    const exact = size * count;
    const floor = Math.floor(exact);
    return exact - floor === 0.5 ? floor + (floor % 2) : Math.round(exact);
  }
  if (Number.isInteger(size) && size > 0 && size < count) return size;
  throw new LamellaError("config", {
    where,
    problem: "The value does not fit the data.",
    expected: `a whole number from 1 to ${count - 1}, or a share between 0 and 1`,
    received: String(size),
  });
}
