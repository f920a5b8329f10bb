import {
  concatenate,
  conv2d,
  conv2dTranspose,
  dropout,
  input,
  maxPooling2d,
  model,
  type SymbolicTensor,
} from "lamella";

export interface UNetOptions {
  /** Height, width and channels; sizes have to be multiples of 2 to the number of times that the image is halved. */
  readonly inputShape?: readonly (number | null)[];
  readonly classes?: number;
  /** From the full size down to the smallest. */
  readonly filters?: readonly number[];
  readonly dropoutRate?: number;
}

function twoConvolutions(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  const options = { padding: "same", activation: "relu" } as const;
  const y = conv2d(filters, 3, { ...options, name: `${name}_conv1` })(x);
  return conv2d(filters, 3, { ...options, name: `${name}_conv2` })(y);
}

/**
 * The class of every pixel: a U-Net (Ronneberger et al. 2015) with padded convolutions, so that the output has the size of
 * the input.
 */
export function uNet({
  inputShape = [256, 256, 3],
  classes = 2,
  filters = [64, 128, 256, 512, 1024],
  dropoutRate = 0.5,
}: UNetOptions = {}) {
  const image = input({ shape: inputShape });
  const [narrowest, ...wider] = filters.toReversed();
  const skips: SymbolicTensor[] = [];
  let x: SymbolicTensor = image;
  for (const [i, count] of filters.slice(0, -1).entries()) {
    const skip = twoConvolutions(x, count, `down${i + 1}`);
    skips.push(skip);
    x = maxPooling2d({ poolSize: 2, name: `down${i + 1}_pool` })(skip);
  }
  x = twoConvolutions(x, narrowest!, "middle");
  x = dropout(dropoutRate, { name: "middle_dropout" })(x);
  for (const [i, count] of wider.entries()) {
    const level = `up${wider.length - i}`;
    x = conv2dTranspose(count, 2, { strides: 2, name: `${level}_grow` })(x);
    x = concatenate({ name: `${level}_concat` })([skips.pop()!, x]);
    x = twoConvolutions(x, count, level);
  }
  const outputs = conv2d(classes, 1, { activation: "softmax", name: "predictions" })(x);
  return model({ inputs: image, outputs, name: "u_net" });
}
