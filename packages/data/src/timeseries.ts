import {
  checkWhole,
  gatherRows,
  LamellaError,
  type NestedArray,
  nextSeed,
  type NumberArray,
  randomKey,
  shuffledIndices,
  type Tensor,
} from "@lamella/ir";

import type { Dataset } from "./dataset.ts";
import { asTensor } from "./element.ts";
import { fromElements } from "./from-memory.ts";
import { slicesOf } from "./slices.ts";

type Series = Tensor | NestedArray | NumberArray;

export interface TimeseriesOptions {
  /** Steps in a window. */
  readonly sequenceLength: number;
  /** Steps between the starts of windows. Default 1. */
  readonly sequenceStride?: number;
  /** Steps between those of a window. Default 1. */
  readonly samplingRate?: number;
  /** Default 128; null for single windows. */
  readonly batchSize?: number | null;
  /** Default false. */
  readonly shuffle?: boolean;
  /** Default: drawn, see `setRandomSeed`. */
  readonly seed?: number;
  /** The first step to use. Default 0. */
  readonly startIndex?: number;
  /** The step before which to stop. Default: the end. */
  readonly endIndex?: number;
}

/**
 * Windows that slide over a series, with the targets of the steps where they start: `targets[i]` belongs to the window that
 * starts at step i. With null for targets, windows only. (Keras: timeseries_dataset_from_array.)
 *
 * @throws LamellaError `config` for arguments that leave no window, or lie outside the data
 */
export function timeseriesDataset(data: Series, targets: null, options: TimeseriesOptions): Dataset<Tensor>;
export function timeseriesDataset(
  data: Series,
  targets: Series,
  options: TimeseriesOptions,
): Dataset<[windows: Tensor, targets: Tensor]>;
export function timeseriesDataset(data: Series, targets: Series | null, options: TimeseriesOptions): Dataset<unknown> {
  const steps = asTensor(data, "data");
  const count = steps.shape[0] ?? 0;
  const { sequenceLength, sequenceStride = 1, samplingRate = 1, batchSize = 128, shuffle = false } = options;
  const { startIndex = 0, endIndex = count } = options;
  checkWhole("sequenceLength", sequenceLength, 1);
  checkRange("sequenceStride", sequenceStride, 1, count - 1);
  checkRange("samplingRate", samplingRate, 1, count - 1);
  checkRange("startIndex", startIndex, 0, count - 1);
  checkRange("endIndex", endIndex, startIndex + 1, count);
  if (batchSize !== null) checkWhole("batchSize", batchSize, 1);
  const used = steps.rows(startIndex, endIndex);
  const goals = targets === null ? undefined : asTensor(targets, "targets");
  const windows = endIndex - startIndex - (sequenceLength - 1) * samplingRate;
  const starts = Math.min(windows, goals === undefined ? Infinity : goals.shape[0]!);
  if (starts <= 0) {
    throw new LamellaError("config", {
      where: "sequenceLength",
      problem: "No window fits into the data.",
      expected: `at least ${(sequenceLength - 1) * samplingRate + 1} steps and one target`,
      received: `${endIndex - startIndex} steps`,
    });
  }
  const usedGoals = goals === undefined ? undefined : slicesOf(goals.rows(startIndex, endIndex), "targets");
  if (usedGoals !== undefined && usedGoals.count < starts) {
    throw new LamellaError("data", {
      where: "targets",
      problem: "There are not enough targets from startIndex on.",
      expected: `${starts}`,
      received: String(usedGoals.count),
    });
  }
  const positions = Array.from({ length: Math.ceil(starts / sequenceStride) }, (_, i) => i * sequenceStride);
  const windowAt = (start: number) => {
    const indices = Array.from({ length: sequenceLength }, (_, i) => start + i * samplingRate);
    const window = gatherRows(used, indices);
    return usedGoals === undefined ? window : [window, usedGoals.at(start)];
  };
  const seed = options.seed ?? nextSeed();
  const order = shuffle
    ? Array.from(shuffledIndices(randomKey("timeseries", seed), positions.length), (i) => positions[i]!)
    : positions;
  const numbers = fromElements(order);
  const buffer = batchSize === null ? 1024 : batchSize * 8;
  const single = (shuffle ? numbers.shuffle(buffer, { seed }) : numbers).map(windowAt);
  return batchSize === null ? single : single.batch(batchSize);
}

function checkRange(where: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new LamellaError("config", {
    where,
    problem: "The value does not fit the data.",
    expected: `a whole number from ${min} to ${max}`,
    received: String(value),
  });
}
