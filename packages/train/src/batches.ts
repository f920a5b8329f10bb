import { type DType, gatherRows, randomKey, shuffledIndices, type Tensor } from "@lamella/ir";

/** Named tensors with one sample a row. */
export type Samples = Readonly<Record<string, Tensor>>;

/** Samples as they are kept. What has a narrower dtype than the graph takes, such as bytes, is cast batch by batch. */
export interface SampleSet {
  readonly samples: Samples;
  readonly count: number;
  /** What the graph takes, by name; what is not named is of that dtype already. */
  readonly dtypes: Readonly<Record<string, DType>>;
}

/** The order of an epoch: shuffled by the seed and the epoch's number. */
export function shuffledOrder(count: number, seed: number, epoch: number): Uint32Array {
  return shuffledIndices(randomKey("shuffle", seed, epoch), count);
}

function mapSamples(samples: Samples, map: (tensor: Tensor, name: string) => Tensor): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(samples).map(([name, tensor]) => [name, map(tensor, name)]));
}

/** All samples as one batch. */
export function wholeBatch({ samples, dtypes }: Pick<SampleSet, "samples" | "dtypes">): Record<string, Tensor> {
  return mapSamples(samples, (tensor, name) => tensor.cast(dtypes[name] ?? tensor.dtype));
}

export function sliceSamples(samples: Samples, start: number, end: number): Record<string, Tensor> {
  return mapSamples(samples, (tensor) => tensor.rows(start, end));
}

/**
 * Batch after batch, from one of them on; the last may be smaller. Without an order they are views of the samples, unless they
 * have to be cast.
 */
export function* batchesOf(
  { samples, count, dtypes }: SampleSet,
  batchSize: number,
  order?: Uint32Array,
  from = 0,
): Generator<Record<string, Tensor>> {
  for (let start = from * batchSize; start < count; start += batchSize) {
    const end = Math.min(start + batchSize, count);
    const batch =
      order === undefined
        ? sliceSamples(samples, start, end)
        : mapSamples(samples, (tensor) => gatherRows(tensor, order, start, end));
    yield wholeBatch({ samples: batch, dtypes });
  }
}
