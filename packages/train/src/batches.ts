import { gatherRows, randomKey, shuffledIndices, type Tensor } from "@lamella/ir";

/** Named tensors with one sample a row. */
export type Samples = Readonly<Record<string, Tensor>>;

/** The order of an epoch: shuffled by the seed and the epoch's number. */
export function shuffledOrder(count: number, seed: number, epoch: number): Uint32Array {
  return shuffledIndices(randomKey("shuffle", seed, epoch), count);
}

function mapSamples(samples: Samples, map: (tensor: Tensor) => Tensor): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(samples).map(([name, tensor]) => [name, map(tensor)]));
}

export function sliceSamples(samples: Samples, start: number, end: number): Record<string, Tensor> {
  return mapSamples(samples, (tensor) => tensor.rows(start, end));
}

/** Batch after batch, from one of them on; the last may be smaller. Without an order they are views of the samples. */
export function* batchesOf(
  samples: Samples,
  count: number,
  batchSize: number,
  order?: Uint32Array,
  from = 0,
): Generator<Record<string, Tensor>> {
  for (let start = from * batchSize; start < count; start += batchSize) {
    const end = Math.min(start + batchSize, count);
    yield order === undefined
      ? sliceSamples(samples, start, end)
      : mapSamples(samples, (tensor) => gatherRows(tensor, order, start, end));
  }
}
