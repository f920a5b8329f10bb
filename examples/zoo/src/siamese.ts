import {
  batchNormalization,
  conv2d,
  dense,
  flatten,
  input,
  maxPooling2d,
  model,
  ops,
  subtract,
  type SymbolicTensor,
} from "lamella";

export interface SiameseOptions {
  /** Height, width and channels of both images. */
  readonly inputShape?: readonly number[];
  readonly filters?: readonly number[];
  /** The size of what an image becomes. */
  readonly embeddingSize?: number;
}

/** The network that both images go through. */
function tower({ inputShape, filters, embeddingSize }: Required<SiameseOptions>) {
  const image = input({ shape: inputShape, name: "image" });
  let x: SymbolicTensor = image;
  for (const [i, count] of filters.entries()) {
    x = conv2d(count, 3, { padding: "same", activation: "relu", name: `conv${i + 1}` })(x);
    x = batchNormalization({ name: `norm${i + 1}` })(x);
    x = maxPooling2d({ poolSize: 2, name: `pool${i + 1}` })(x);
  }
  const outputs = dense(embeddingSize, { name: "embedding" })(flatten({ name: "flatten" })(x));
  return model({ inputs: image, outputs, name: "tower" });
}

/**
 * Whether two images show the same (Koch et al. 2015): one tower, called on both, and a weighted sum of how far apart its
 * results are. `net.getLayer("tower")` is the network that turns one image into numbers.
 */
export function siamese({
  inputShape = [105, 105, 1],
  filters = [64, 128, 128, 256],
  embeddingSize = 256,
}: SiameseOptions = {}) {
  const left = input({ shape: inputShape, name: "left" });
  const right = input({ shape: inputShape, name: "right" });
  const embed = tower({ inputShape, filters, embeddingSize });
  const distance = ops.absolute(subtract({ name: "difference" })([embed(left), embed(right)]));
  const outputs = dense(1, { activation: "sigmoid", name: "same" })(distance);
  return model({ inputs: [left, right], outputs, name: "siamese" });
}
